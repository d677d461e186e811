// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/key_uri.h"

#include <algorithm>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

constexpr std::string_view kFile = "file";
constexpr std::string_view kPin = "pin-value=";
constexpr std::string_view kHidden = "...";

std::string_view pin_at(std::string_view uri, std::size_t at) {
  return uri.substr(at, std::min(uri.find_first_of(";&?", at), uri.size()) - at);
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_scheme_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

}  // namespace

std::string_view scheme_of(std::string_view uri) {
  const std::size_t end = uri.find(':');
  return end == std::string_view::npos ? std::string_view{} : uri.substr(0, end);
}

bool is_key_uri(std::string_view name) {
  const std::string_view scheme = scheme_of(name);
  return scheme.size() >= 2 && is_letter(scheme.front()) &&
         std::ranges::all_of(scheme, is_scheme_character);
}

bool has_scheme(std::string_view uri, std::string_view scheme) {
  return equal_ignoring_case(scheme_of(uri), scheme);
}

bool is_token_uri(std::string_view name) {
  return is_key_uri(name) && !has_scheme(name, kFile);
}

std::string file_of_uri(std::string_view uri) {
  if (!has_scheme(uri, kFile)) return {};
  uri.remove_prefix(kFile.size() + 1);
  if (uri.starts_with("//")) {
    const std::size_t path = std::min(uri.find('/', 2), uri.size());
    const std::string_view host = uri.substr(2, path - 2);
    if (!host.empty() && !equal_ignoring_case(host, "localhost")) return {};
    uri.remove_prefix(path);
  }
  return uri.starts_with('/') ? std::string(uri) : std::string{};
}

std::string without_pin(std::string_view name) {
  std::string shown{name};
  if (!is_key_uri(name)) return shown;
  for (std::size_t at = shown.find(kPin); at != std::string::npos; at = shown.find(kPin, at)) {
    at += kPin.size();
    shown.replace(at, pin_at(shown, at).size(), kHidden);
  }
  return shown;
}

std::string without_pin_of(std::string_view uri, std::string text) {
  if (!is_key_uri(uri)) return text;
  for (std::size_t at = uri.find(kPin); at != std::string::npos; at = uri.find(kPin, at)) {
    at += kPin.size();
    const std::string_view pin = pin_at(uri, at);
    if (pin.empty()) continue;
    for (std::size_t i = text.find(pin); i != std::string::npos; i = text.find(pin, i)) {
      text.replace(i, pin.size(), kHidden);
      i += kHidden.size();
    }
  }
  return text;
}

}  // namespace mod_tls::core
