// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/ascii.h"

#include <algorithm>

namespace mod_tls::core {

namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

constexpr bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

/// Whether `c` is inside a character of UTF-8 that began before it.
constexpr bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

constexpr std::string_view kCut = "...";

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string upper_case(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), upper);
  return result;
}

std::string printable(std::string_view text) {
  std::string shown{text};
  std::replace_if(shown.begin(), shown.end(), is_control, '?');
  return shown;
}

std::string printable_line(std::string_view text, std::size_t limit) {
  const bool cut = text.size() > limit;
  std::size_t length = cut ? limit - std::min(limit, kCut.size()) : text.size();
  while (cut && length > 0 && continues_character(text[length])) length--;
  std::string shown{text.substr(0, length)};
  std::ranges::replace_if(
      shown, [](char c) { return c != '\n' && is_control(c); }, '?');
  if (cut) shown += kCut;
  return shown;
}

std::string quoted(std::string_view word) {
  return "'" + printable(word) + "'";
}

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}

}  // namespace mod_tls::core
