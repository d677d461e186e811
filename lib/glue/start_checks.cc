// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/start_checks.h"

#include <openssl/crypto.h>

#include <cstdlib>
#include <set>
#include <vector>

#include "glue/log.h"
#include "glue/module_state.h"
#include "glue/policies.h"
#include "glue/privileges.h"
#include "ossl/fips.h"

namespace mod_tls::glue {

namespace {

/// While the host reads its configuration again, its SystemLog is closed.
void open_system_log() {
  const void *path = get_param_ptr(main_server->conf, "SystemLog", FALSE);
  if (path != nullptr && is_master != 0) log_opensyslog(static_cast<const char *>(path));
}

}  // namespace

void refuse_start(const std::string &reason) {
  const RootPrivileges root;
  open_system_log();
  log_syslog(PR_LOG_ERR, reason);
  pr_session_end(PR_SESS_END_FL_ERROR);
  std::abort();  // the host does not return from there
}

void refuse_faults() {
  const std::vector<std::string> &faults = module_state().faults.all();
  if (faults.empty()) return;
  const RootPrivileges root;
  if (module_state().refresh_timer >= 0) {  // SystemLog was closed while they were told
    open_system_log();
    for (const std::string &fault : faults) pr_log_pri(PR_LOG_ERR, "%s", fault.c_str());
  }
  refuse_start(std::to_string(faults.size()) +
               (faults.size() == 1 ? " directive was" : " directives were") +
               " refused, see above; nothing is started");
}

void check_logs() {
  std::set<std::string> paths;
  for (server_rec *s : all_servers()) {
    const core::ServerPolicy policy = server_policy(s);
    if (policy.engine) paths.insert(policy.log_file);
  }
  for (const std::string &path : paths) check_log(path);
}

void report_library() {
  pr_log_debug(DEBUG2, "%s: using %s", kVersion, OpenSSL_version(OPENSSL_VERSION));
  const std::string mismatch = ossl::library_mismatch();
  if (!mismatch.empty()) log_syslog(PR_LOG_WARNING, mismatch);
}

bool obey_fips() {
  if (pr_define_exists("TLS_USE_FIPS") == FALSE) return true;
  const auto mode = ossl::enable_fips();
  if (!mode) {
    log_syslog(PR_LOG_ERR, mode.error().message);
    return false;
  }
  if (*mode == ossl::FipsMode::enabled) {
    log_syslog(PR_LOG_NOTICE, "FIPS mode enabled");
  } else {
    log_debug(DEBUG0, "FIPS mode already enabled");
  }
  return true;
}

}  // namespace mod_tls::glue
