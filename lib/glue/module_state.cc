// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/module_state.h"

#include <cstddef>

namespace mod_tls::glue {

ModuleState &module_state() {
  alignas(ModuleState) static std::byte storage[sizeof(ModuleState)];
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): see the header
  static ModuleState *const state = std::construct_at(reinterpret_cast<ModuleState *>(storage));
  return *state;
}

}  // namespace mod_tls::glue
