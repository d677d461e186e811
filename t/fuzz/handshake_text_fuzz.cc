// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Handshake messages as diagnostics show them: nothing is read behind the end, every line is
// printable, and there are only so many of them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/ascii.h"
#include "core/handshake_text.h"

namespace core = mod_tls::core;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_description(core::Bytes input, bool tls13) {
  const auto name = [](std::uint16_t) { return std::string{}; };
  const auto lines = core::describe_message({input, tls13}, name);
  require(lines.size() < 300);
  for (const std::string &line : lines) require(!core::has_control_character(line));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const core::Bytes input{data, size};
  check_description(input, true);
  check_description(input, false);
  for (const core::Extension &extension : core::extensions_of({input, true})) {
    require(extension.body.data() >= data && extension.body.size() <= size);
    require(!core::has_control_character(core::protocol_names(extension.body)));
  }
  require(!core::has_control_character(core::protocol_names(input)));
  return 0;
}
