// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "core/control_security.h"
#include "core/failure_reason.h"

namespace mod_tls::core::table {

/// One command as the rows of a table see it.
struct Question {
  const SecurityState &state;
  const SecurityRules &rules;
  std::span<const std::string_view> args;

  [[nodiscard]] std::string_view first() const { return args.empty() ? "" : args.front(); }
};

/// If `when` holds, and no row above did, this is the answer. In the texts, {arg} is the first
/// word as sent, {ARG} the same in upper case, {args} all words, {count} their number, and
/// {mechanisms} those that AUTH takes. Where there is a reason, its row in the table of reasons has
/// code, text and the first log line, and `log` what follows it.
struct Row {
  bool (*when)(const Question &question);
  Effect effect;
  int code;
  std::string_view text;
  std::string_view log;
  std::optional<FailureReason> reason = {};
};

/// A row that refuses; `more` is a further log line.
constexpr Row refusal(bool (*when)(const Question &question), FailureReason reason,
                      std::string_view more = "") {
  return {when, Effect::none, 0, "", more, reason};
}

/// The answer of the first row whose condition holds; the last row of every table is `always`.
Decision decide(std::span<const Row> table, const Question &question);

// Conditions, named as they read in a row.
bool always(const Question &q);
bool engine_off(const Question &q);
bool no_mechanism(const Question &q);
bool control_clear(const Question &q);
bool control_protected(const Question &q);
bool control_required(const Question &q);
bool data_required(const Question &q);
bool data_refused(const Question &q);
bool no_argument(const Question &q);
bool not_one_argument(const Question &q);
bool limit_denies(const Question &q);
/// The host reads what is in force chunk by chunk, so a change would reach the rest of the file.
bool transferring(const Question &q);

/// Both conditions hold.
template <auto A, auto B>
bool both(const Question &q) {
  return A(q) && B(q);
}

}  // namespace mod_tls::core::table
