// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/crypto_device.h"

#include <algorithm>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

constexpr std::size_t kLongestName = 64;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name(std::string_view word) {
  return !word.empty() && word.size() <= kLongestName && is_letter(word.front()) &&
         std::ranges::all_of(word, [](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

}  // namespace

Result<std::string> parse_crypto_device(std::string_view word) {
  if (equal_ignoring_case(word, kEveryDevice)) return std::string(kEveryDevice);
  if (equal_ignoring_case(word, "none")) return std::string();
  if (is_name(word)) return std::string(word);
  return Error{
      Errc::bad_value,
      "bad name of a provider: " + quoted(word) +
          " (allowed: ALL, none, or the name of an OpenSSL provider: a letter, then letters, "
          "digits, - and _; no path)"};
}

std::string property_query(std::string_view device) {
  if (device.empty() || device == kEveryDevice) return {};
  return "?provider=" + std::string(device);
}

}  // namespace mod_tls::core
