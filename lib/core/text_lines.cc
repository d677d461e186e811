// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/text_lines.h"

#include "core/ascii.h"

namespace mod_tls::core {

std::string_view line_of(std::string_view text, unsigned number) {
  for (unsigned line = 1; line < number; line++) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return number == 0 ? std::string_view{} : text.substr(0, text.find('\n'));
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  return upper_case(text).find(upper_case(part)) != std::string::npos;
}

}  // namespace mod_tls::core
