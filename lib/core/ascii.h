// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mod_tls::core {

/// Whether two words are the same but for the case of ASCII letters, in any locale.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

/// ASCII letters in upper case, whatever the locale.
[[nodiscard]] std::string upper_case(std::string_view text);

/// `text` fit for one line of a log: each byte that is a control character, or of none in UTF-8, is
/// shown as '?'.
[[nodiscard]] std::string printable(std::string_view text);

/// `text`, which may be several lines, fit for a log: as printable(), but for the newline, which
/// stays. What is longer than `limit` bytes is cut, between characters, and ends in "...".
/// `limit` counts the dots and is at least their number.
[[nodiscard]] std::string printable_line(std::string_view text, std::size_t limit);

/// The printable form in single quotes.
[[nodiscard]] std::string quoted(std::string_view word);

/// `text` without the spaces and tabs at its ends.
[[nodiscard]] std::string_view without_blanks(std::string_view text);

/// Whether `text` has a control character (NUL, newline, DEL and the like).
[[nodiscard]] bool has_control_character(std::string_view text);

}  // namespace mod_tls::core
