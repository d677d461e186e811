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

/// What may begin a character of UTF-8 of several bytes (RFC 3629, 4).
struct Lead {
  unsigned char first;
  unsigned char last;
  std::size_t length;
  unsigned char second_from = 0x80;
  unsigned char second_to = 0xbf;
};

constexpr Lead kLeads[] = {
    {.first = 0xc2, .last = 0xc2, .length = 2, .second_from = 0xa0},  // not the controls of C1
    {.first = 0xc3, .last = 0xdf, .length = 2},
    {.first = 0xe0, .last = 0xe0, .length = 3, .second_from = 0xa0},
    {.first = 0xe1, .last = 0xec, .length = 3},
    {.first = 0xed, .last = 0xed, .length = 3, .second_to = 0x9f},
    {.first = 0xee, .last = 0xef, .length = 3},
    {.first = 0xf0, .last = 0xf0, .length = 4, .second_from = 0x90},
    {.first = 0xf1, .last = 0xf3, .length = 4},
    {.first = 0xf4, .last = 0xf4, .length = 4, .second_to = 0x8f},
};

/// Length of the printable character at the front of `text`; 0 if there is none.
std::size_t printable_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (at(0) < 0x80) return is_control(text[0]) ? 0 : 1;
  const auto *lead = std::ranges::find_if(
      kLeads, [&](const Lead &row) { return at(0) >= row.first && at(0) <= row.last; });
  if (lead == std::end(kLeads) || text.size() < lead->length) return 0;
  if (at(1) < lead->second_from || at(1) > lead->second_to) return 0;
  const std::string_view rest = text.substr(2, lead->length - 2);
  return std::ranges::all_of(rest, continues_character) ? lead->length : 0;
}

/// Puts '?' in place of each byte that is in no printable character and not `kept`.
void mask(std::string &text, char kept) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = printable_length(std::string_view{text}.substr(i));
    if (length == 0 && text[i] != kept) text[i] = '?';
    i += std::max<std::size_t>(length, 1);
  }
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
  mask(shown, '?');
  return shown;
}

std::string printable_line(std::string_view text, std::size_t limit) {
  const bool cut = text.size() > limit;
  std::size_t length = cut ? limit - std::min(limit, kCut.size()) : text.size();
  while (cut && length > 0 && continues_character(text[length])) length--;
  std::string shown{text.substr(0, length)};
  mask(shown, '\n');
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
