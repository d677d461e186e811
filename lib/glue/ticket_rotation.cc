// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/ticket_rotation.h"

#include <chrono>

#include "glue/callback_guard.h"
#include "glue/log.h"
#include "glue/module_state.h"
#include "glue/policies.h"
#include "glue/privileges.h"

namespace mod_tls::glue {

namespace {

core::TicketTime now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

int on_rotation_timer(unsigned long, unsigned long, unsigned long, void *) noexcept {
  return guarded(1, [] {
    log_debug(DEBUG9, "generating new TLS session ticket key");
    const core::Status rotated = module_state().ticket_keys.rotate(now());
    if (!rotated) {
      log_syslog(PR_LOG_WARNING, rotated.error().message + ", keeping the old ones (" +
                                     rotated.error().detail + ")");
    }
    return 1;
  });
}

}  // namespace

core::Status prepare_ticket_keys() {
  const bool first = module_state().ticket_timer < 0;
  if (first) log_debug(DEBUG9, "generating initial TLS session ticket key");
  const RootPrivileges root;
  const auto *main = reinterpret_cast<const server_rec *>(server_list->xas_list);
  auto status = module_state().ticket_keys.configure(server_policy(main).ticket_keys, now());
  if (status) return status;
  core::Error error = std::move(status).error();
  error.message = "TLSSessionTicketKeys: " + error.message;
  return error;
}

void start_ticket_rotation() {
  int &timer = module_state().ticket_timer;
  if (timer >= 0) pr_timer_remove(timer, &tls_module);
  const auto seconds = static_cast<int>(module_state().ticket_keys.interval().count());
  log_debug(DEBUG9, "scheduling new TLS session ticket key every " + std::to_string(seconds) +
                        (seconds == 1 ? " sec" : " secs"));
  timer = pr_timer_add(seconds, -1, &tls_module, on_rotation_timer, "TLS ticket keys");
}

void lock_ticket_keys() {
  const RootPrivileges root;
  if (!module_state().ticket_keys.lock_memory()) {
    log_debug(DEBUG1, "unable to lock the session ticket keys in memory, going on without that");
  }
}

}  // namespace mod_tls::glue
