// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/events.h"

#include <cstdlib>
#include <string>

#include "core/control_security.h"
#include "core/failure_reason.h"
#include "glue/callback_guard.h"
#include "glue/controls.h"
#include "glue/diagnostics.h"
#include "glue/directives.h"
#include "glue/implicit.h"
#include "glue/log.h"
#include "glue/module_state.h"
#include "glue/netio_data.h"
#include "glue/policies.h"
#include "glue/server_switch.h"
#include "glue/start_checks.h"
#include "glue/ticket_rotation.h"
#include "ossl/protocol_versions.h"

namespace mod_tls::glue {

namespace {

/// How often the daemon looks for renewed certificates. Each of its timers costs it a pause in
/// accepting connections, and sessions look for themselves.
constexpr int kRefreshInterval = 300;

int on_refresh_timer(unsigned long, unsigned long, unsigned long, void *) noexcept {
  return guarded(1, [] {
    ModuleState &state = module_state();
    if (state.contexts.refresh()) {
      Stapling::tell_unstapled();
      state.stapling.start_refresher();
    }
    state.stapling.look_after_refresher();
    return 1;
  });
}

/// Once after a reload that found unusable files: the daemon says so in its log, and sessions need
/// not try them.
int on_old_files_kept(unsigned long, unsigned long, unsigned long, void *) noexcept {
  return guarded(0, [] {
    (void)module_state().contexts.refresh();
    return 0;
  });
}

/// Once after the configuration was read: other modules have what they need by then.
int on_settled(unsigned long, unsigned long, unsigned long, void *) noexcept {
  return guarded(0, [] {
    module_state().contexts.settle_memory();
    return 0;
  });
}

/// Once, when the daemon is the process it will stay.
int on_started(unsigned long, unsigned long, unsigned long, void *) noexcept {
  return guarded(0, [] {
    Stapling::tell_unstapled();
    module_state().stapling.start_refresher();
    return 0;
  });
}

void start_refresh_timer() {
  int &timer = module_state().refresh_timer;
  if (timer >= 0) pr_timer_remove(timer, &tls_module);
  timer = pr_timer_add(kRefreshInterval, -1, &tls_module, on_refresh_timer, "TLS file check");
}

/// The caches exist once per daemon, whichever servers have TLSEngine on.
void open_caches() {
  const core::ServerPolicy policy = server_policy(main_server);
  if (policy.session_cache.kind == core::SessionCachePolicy::Kind::off) {
    log_debug(DEBUG3,
              "TLSSessionCache off, disabling TLS session caching and setting "
              "NoSessionReuseRequired TLSOption");
  }
  module_state().session_caching.open(policy.session_cache);
  module_state().stapling.open_cache(policy.stapling.cache);
}

void scrub_pass_phrases() {
  auto &phrases = module_state().pass_phrases;
  if (phrases.size() == 0) return;
  log_debug(DEBUG5, "scrubbing " + std::to_string(phrases.size()) + " passphrases from memory");
  phrases.wipe();
}

/// Sessions inherit the open cache and leave it to the daemon.
void on_exit(const void *) {
  scrub_pass_phrases();
  ModuleState &state = module_state();
  if (is_master == 0) return;
  state.stapling.refresher().stop();
  state.stapling.cache().close();
  state.session_caching.close();
}

core::Status prepare() {
  auto keys = prepare_ticket_keys();
  return keys ? module_state().contexts.rebuild() : keys;
}

void on_restart(const void *) {
  module_state().contexts.stir_memory();
}

void on_postparse(const void *) {
  refuse_faults();
  open_caches();
  const core::Status built = prepare();
  if (!built) refuse_start(built.error().message);
  check_logs();
  // Once: a daemon says it again where its log is open.
  if (module_state().refresh_timer < 0) Stapling::tell_unstapled();
  apply_controls_acls();
  if (ServerType != SERVER_STANDALONE) return;
  start_refresh_timer();
  start_ticket_rotation();
  pr_timer_add(1, -1, &tls_module, on_settled, "TLS memory");
  if (module_state().contexts.keeps_old_files()) {
    pr_timer_add(1, -1, &tls_module, on_old_files_kept, "TLS files kept");
  }
  if (module_state().stapling.in_use()) {
    pr_timer_add(1, -1, &tls_module, on_started, "TLS stapling");
  }
}

void advertise() {
  for (const std::string_view line : core::feature_lines()) {
    pr_feat_add(pstrndup(session.pool, line.data(), line.size()));
  }
  pr_help_add(C_AUTH, "<sp> base64-data", TRUE);
  pr_help_add(C_PBSZ, "<sp> protection buffer size", TRUE);
  pr_help_add(C_PROT, "<sp> protection code", TRUE);
}

void withdraw() {
  for (const std::string_view line : core::feature_lines()) {
    pr_feat_remove(std::string(line).c_str());
  }
}

void open_session() {
  ModuleState &state = module_state();
  state.server = main_server;
  const ServerContextPtr context = state.contexts.find(main_server);
  if (!context) return;
  state.ticket_keys.enter_session();
  state.session = std::make_unique<TlsSession>(context);
  state.session->open_log();
  for (const std::string &line : context->log_lines) tls_log_line(line);
  log_debug(DEBUG8, core::supporting_text(ossl::effective_protocols(context->ctx.get())));
  if (context->policy.has_credentials()) advertise();  // AUTH is refused without
}

/// The daemon is a fork of the process that read the configuration, and locks do not survive one.
void on_startup(const void *) {
  lock_ticket_keys();
  module_state().pass_phrases.lock();
  module_state().contexts.settle_memory();
}

/// The handshake and its certificates were another server's than the one that HOST leads to.
[[noreturn]] void end_after_host() {
  const std::string told = refuse(core::FailureReason::host_after_handshake);
  log_syslog(PR_LOG_NOTICE, core::failure_cause(core::FailureReason::host_after_handshake));
  pr_response_send(R_421, "%s", told.c_str());
  pr_session_disconnect(&tls_module, PR_SESS_DISCONNECT_CONFIG_ACL, "HOST after TLS");
  std::abort();  // the host does not return from there
}

void on_reinit(const void *, void *) noexcept {
  guarded_or_end(follow_current_server);
}

/// The last event before the banner: every module has prepared the session by then.
void on_connected(const void *, void *) noexcept {
  guarded_or_end(start_implicit_tls);
}

}  // namespace

int module_init() noexcept {
  return guarded(-1, [] {
    report_library();
    if (!obey_fips()) return -1;
    tls_module.conftable = directive_conftable();
    register_controls();
    pr_event_register(&tls_module, "core.restart", guarded_event<on_restart>, nullptr);
    pr_event_register(&tls_module, "core.postparse", guarded_event<on_postparse>, nullptr);
    pr_event_register(&tls_module, "core.startup", guarded_event<on_startup>, nullptr);
    pr_event_register(&tls_module, "core.exit", guarded_event<on_exit>, nullptr);
    return 0;
  });
}

int session_init() noexcept {
  return guarded(-1, [] {
    pr_event_register(&tls_module, "core.session-reinit", on_reinit, nullptr);
    pr_event_register(&tls_module, "core.connected", on_connected, nullptr);
    module_state().stapling.refresher().leave();
    watch_plain_commands();
    register_data_netio();
    module_state().class_followed.push_back(main_server);
    open_session();
    return 0;
  });
}

void follow_current_server() {
  ModuleState &state = module_state();
  if (state.server == main_server) return;
  if (state.session && state.session->channel() != nullptr) {
    end_after_host();
  }
  if (!follow_class(main_server)) pr_session_end(PR_SESS_END_FL_ERROR);
  state.session.reset();
  withdraw();
  open_session();
}

}  // namespace mod_tls::glue
