// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/implicit.h"

#include "glue/control_start.h"
#include "glue/log.h"
#include "glue/module_state.h"

namespace mod_tls::glue {

void start_implicit_tls() {
  const auto &tls = module_state().session;
  if (!tls) return;
  tls->settle_policy();
  if (!tls->policy().options.has(core::Option::use_implicit_ssl)) return;
  tls_log_line("TLSOption UseImplicitSSL in effect, starting SSL/TLS handshake");
  start_control(*tls, "implicit SSL/TLS negotiation failed on control channel");
  if (tls->policy().required.data != core::DataRule::refused) protect_data_unasked(*tls);
}

}  // namespace mod_tls::glue
