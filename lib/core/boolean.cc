// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/boolean.h"

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

struct Spelling {
  std::string_view word;
  bool value;
};

constexpr Spelling kSpellings[] = {
    {"on", true},   {"off", false},   {"yes", true}, {"no", false},
    {"true", true}, {"false", false}, {"1", true},   {"0", false},
};

}  // namespace

std::optional<bool> parse_boolean(std::string_view word) {
  for (const Spelling &spelling : kSpellings) {
    if (equal_ignoring_case(word, spelling.word)) return spelling.value;
  }
  return std::nullopt;
}

}  // namespace mod_tls::core
