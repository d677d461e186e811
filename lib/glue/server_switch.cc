// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/server_switch.h"

#include <algorithm>
#include <string>
#include <utility>

#include "glue/log.h"
#include "glue/module_state.h"

namespace mod_tls::glue {

namespace {

/// The phases behind a HOST command: some modules prepare themselves there, others at the event.
void announce_host(const std::string &name) {
  pool *p = make_sub_pool(session.pool);
  cmd_rec *cmd = pr_cmd_alloc(p, 2, pstrdup(p, C_HOST), pstrdup(p, name.c_str()));
  cmd->arg = pstrdup(p, name.c_str());
  cmd->cmd_class = CL_MISC;
  (void)pr_cmd_dispatch_phase(cmd, POST_CMD, 0);
  (void)pr_cmd_dispatch_phase(cmd, LOG_CMD, 0);
  destroy_pool(p);
}

}  // namespace

bool follow_class(server_rec *server) {
  auto &followed = module_state().class_followed;
  if (std::ranges::find(followed, server) != followed.end()) return true;
  const module *sections = pr_module_get("mod_ifsession.c");
  if (sections == nullptr || sections->sess_init == nullptr) return true;
  server_rec *before = std::exchange(main_server, server);
  const bool merged = sections->sess_init() == 0;
  main_server = before;
  if (merged) followed.push_back(server);
  if (!merged) log_syslog(PR_LOG_ERR, "<IfClass> cannot be applied to another server");
  return merged;
}

void go_to_named_server() {
  ModuleState &state = module_state();
  if (!state.session) return;
  const auto named = state.session->take_named_server();
  if (!named) return;
  log_debug(DEBUG0, "Changing to server '" + std::string(named->server->ServerName) +
                        "' (ServerAlias " + named->name + ") due to TLS SNI");
  session.prev_server = main_server;
  main_server = named->server;
  state.server = named->server;
  pr_event_generate("core.session-reinit", main_server);
  announce_host(named->name);
  state.session->server_changed();
}

}  // namespace mod_tls::glue
