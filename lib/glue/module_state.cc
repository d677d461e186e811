// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/module_state.h"

#include "glue/never_destroyed.h"

namespace mod_tls::glue {

ModuleState &module_state() {
  return never_destroyed<ModuleState>();
}

}  // namespace mod_tls::glue
