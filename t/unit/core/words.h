// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string_view>
#include <vector>

namespace mod_tls::test {

/// The words of a configuration line, as the host cuts it (without quotes).
inline std::vector<std::string_view> split_words(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  std::vector<std::string_view> words;
  while (true) {
    const auto start = line.find_first_not_of(kBlanks);
    if (start == std::string_view::npos) return words;
    line.remove_prefix(start);
    const auto end = line.find_first_of(kBlanks);
    words.push_back(line.substr(0, end));
    line.remove_prefix(words.back().size());
  }
}

}  // namespace mod_tls::test
