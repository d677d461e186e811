// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "core/key_value.h"

namespace mod_tls::core {

/// The first line of a reply and what is behind its CR LF.
struct ReplyLine {
  std::string_view line;
  std::string_view rest;
};

/// The longest line that is waited for, in bytes.
inline constexpr std::size_t kLongestReplyLine = 512;

/// Empty while there is no whole line.
[[nodiscard]] std::optional<ReplyLine> first_line(std::string_view received);

[[nodiscard]] ReplyScan partial_reply();
/// With a printable piece of what was received.
[[nodiscard]] ReplyScan broken_reply(std::string_view received);
/// `line` is the whole reply; it is broken if there is more.
[[nodiscard]] ReplyScan whole_reply(const ReplyLine &line, KeyValueOutcome outcome);
/// The server says no, in words for the log.
[[nodiscard]] ReplyScan refusal(const ReplyLine &line);
/// A reply without the password, should the server have repeated it.
[[nodiscard]] std::string without_password(std::string reason, std::string_view password);
/// A value of `size` bytes and then exactly `end`.
[[nodiscard]] ReplyScan value_reply(std::string_view rest, std::size_t size, std::string_view end);
/// What stands at the beginning when there is no line yet: more may come, up to a bound.
[[nodiscard]] ReplyScan unfinished_line(std::string_view received);

/// A reply of one line that is no error.
struct PlainAnswer {
  KeyValueVerb verb;
  std::string_view line;
  KeyValueOutcome outcome;
};

/// What `line` says in answer to `verb`; empty if it is none of `answers`.
[[nodiscard]] std::optional<KeyValueOutcome> plain_outcome(std::span<const PlainAnswer> answers,
                                                           KeyValueVerb verb,
                                                           std::string_view line);

/// A size in decimal digits, up to kLargestValue.
[[nodiscard]] std::optional<std::size_t> parse_value_size(std::string_view digits);

}  // namespace mod_tls::core
