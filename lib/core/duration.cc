// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/duration.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

using std::chrono::seconds;

struct Unit {
  std::string_view name;
  std::int64_t length;  // in seconds
};

constexpr Unit kUnits[] = {{"", 1},     {"s", 1},    {"sec", 1},  {"m", 60},
                           {"min", 60}, {"h", 3600}, {"hr", 3600}};

Error invalid() {
  return {Errc::bad_syntax, "Invalid argument"};
}

Error out_of_range() {
  return {Errc::bad_value, "Numerical result out of range"};
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t count_digits(std::string_view text) {
  const auto *const end = std::find_if_not(text.begin(), text.end(), is_digit);
  return static_cast<std::size_t>(end - text.begin());
}

/// Precondition: digits only. Stops as soon as the value is too large.
Result<seconds> scaled(std::string_view digits, std::int64_t unit) {
  std::int64_t value = 0;
  for (const char c : digits) {
    value = value * 10 + (c - '0');
    if (value * unit > kMaxDuration.count()) return out_of_range();
  }
  return seconds{value * unit};
}

const Unit *find_unit(std::string_view name) {
  const auto *unit = std::find_if(std::begin(kUnits), std::end(kUnits),
                                  [&](const Unit &u) { return equal_ignoring_case(u.name, name); });
  return unit == std::end(kUnits) ? nullptr : unit;
}

Result<seconds> parse_with_unit(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t digits = count_digits(text);
  const Unit *unit = find_unit(text.substr(digits));
  if (digits == 0 || unit == nullptr) return invalid();
  if (negative) return out_of_range();
  return scaled(text.substr(0, digits), unit->length);
}

/// One or two digits, at most `limit`; -1 if it is something else.
int clock_field(std::string_view text, int limit) {
  if (text.empty() || text.size() > 2 || count_digits(text) != text.size()) return -1;
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value <= limit ? value : -1;
}

Result<seconds> parse_clock(std::string_view text) {
  const std::size_t first = text.find(':');
  const std::size_t second = text.find(':', first + 1);
  if (second == std::string_view::npos) return invalid();
  const int hours = clock_field(text.substr(0, first), 99);
  const int minutes = clock_field(text.substr(first + 1, second - first - 1), 59);
  const int secs = clock_field(text.substr(second + 1), 59);
  if (hours < 0 || minutes < 0 || secs < 0) return invalid();
  return seconds{hours * 3600 + minutes * 60 + secs};
}

}  // namespace

Result<seconds> parse_duration(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return parse_clock(text);
  return parse_with_unit(text);
}

Result<seconds> parse_seconds(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (count_digits(digits) != digits.size()) return invalid();
  return parse_with_unit(text);
}

}  // namespace mod_tls::core
