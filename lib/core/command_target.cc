// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/command_target.h"

#include <algorithm>
#include <cstddef>

namespace mod_tls::core {

namespace {

constexpr std::string_view kBlanks = " \t\n\v\f\r";
constexpr std::string_view kLettersAndDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kPattern = "*?[{";
/// In a pattern, a backslash hides which name is meant.
constexpr std::string_view kPatternOrEscape = "*?[{\\";

std::string_view from(std::string_view text, std::size_t position) {
  return text.substr(std::min(position, text.size()));
}

std::string_view without_blanks(std::string_view text) {
  return from(text, text.find_first_not_of(kBlanks));
}

/// What is behind the option word that `text` begins with.
std::string_view after_word(std::string_view text, OptionWords options) {
  switch (options) {
    case OptionWords::letters:
      return from(text, text.find_first_not_of(kLettersAndDigits, 1));
    case OptionWords::strict:
      return from(text, text.find_first_of(kBlanks));
  }
  return text;
}

/// Where the path begins behind the last option: the host drops one character if a blank comes
/// second, so that names may begin with blanks, and all blanks otherwise.
std::string_view path_behind(std::string_view rest) {
  return rest.size() > 1 && rest[1] == ' ' ? rest.substr(1) : without_blanks(rest);
}

std::string_view without_options(std::string_view argument, OptionWords options) {
  std::string_view next = without_blanks(argument);
  if (!next.starts_with('-')) return argument;
  std::string_view rest;
  while (next.starts_with('-')) {
    rest = after_word(next, options);
    next = without_blanks(rest);
  }
  return path_behind(rest);
}

std::string_view without_pattern(std::string_view path) {
  if (path.find_first_of(kPattern) == std::string_view::npos) return path;
  path = path.substr(0, path.find_first_of(kPatternOrEscape));
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return path.substr(0, std::max<std::size_t>(slash, 1));
}

}  // namespace

std::string_view command_target(std::string_view verb, std::string_view argument,
                                OptionWords options) {
  if (verb != "LIST" && verb != "NLST") return argument;
  return without_pattern(without_options(argument, options));
}

}  // namespace mod_tls::core
