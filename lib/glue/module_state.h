// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <memory>
#include <vector>

#include "abi/provider_registry.h"
#include "glue/config_faults.h"
#include "glue/contexts.h"
#include "glue/session_caching.h"
#include "glue/stapling.h"
#include "glue/tls_session.h"
#include "ossl/pass_phrases.h"
#include "ossl/ticket_keys.h"

namespace mod_tls::glue {

/// ModuleState is all that mod_tls keeps between two calls of the host: what the daemon builds
/// and sessions inherit, and the one session object.
struct ModuleState {
  ossl::TicketKeys ticket_keys;  ///< Of all contexts; outlives them.
  ConfigFaults faults;
  ContextStore contexts;
  ossl::PassPhraseStore pass_phrases;  ///< Of the keys in `contexts`; kept over a reload.
  abi::ProviderRegistry providers;
  SessionCaching session_caching;
  Stapling stapling;
  int refresh_timer = -1;  ///< The host's ids of the daemon's timers.
  int ticket_timer = -1;
  pr_netio_t *host_data_netio = nullptr;  ///< The host's own callbacks for data connections.
  const server_rec *server = nullptr;     ///< What `session` was opened for.
  std::vector<const server_rec *> class_followed;  ///< Whose <IfClass> sections are in force.
  std::unique_ptr<TlsSession> session;  ///< Only in session processes, with TLSEngine on.
};

/// The module's state. Never destroyed: the process that reads the configuration exits while the
/// daemon lives on, and its destructors must not touch what is shared.
ModuleState &module_state();

}  // namespace mod_tls::glue
