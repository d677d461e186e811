// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/reply_text.h"

#include <algorithm>

#include "core/ascii.h"

namespace mod_tls::core {

std::string fill_in(std::string_view pattern, std::span<const TextField> fields) {
  std::string result;
  while (!pattern.empty()) {
    const auto field = std::ranges::find_if(
        fields, [&](const TextField &f) { return pattern.starts_with(f.placeholder); });
    if (field == fields.end()) {
      result += pattern.front();
      pattern.remove_prefix(1);
      continue;
    }
    result += printable(field->value);
    pattern.remove_prefix(field->placeholder.size());
  }
  return result;
}

std::string join(std::span<const std::string_view> words, std::string_view separator) {
  std::string result;
  for (const std::string_view &word : words) {
    if (&word != &words.front()) result += separator;
    result += word;
  }
  return result;
}

}  // namespace mod_tls::core
