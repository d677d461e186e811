// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/session_caching.h"

#include <string>
#include <vector>

#include "core/session_cache_policy.h"
#include "glue/log.h"
#include "glue/module_state.h"
#include "glue/privileges.h"

namespace mod_tls::glue {

using Kind = core::SessionCachePolicy::Kind;

core::Status check_session_cache(const core::SessionCachePolicy &policy) {
  const auto &providers = module_state().providers.sessions;
  if (policy.kind != Kind::external) return core::success();
  if (providers.find(policy.provider) != nullptr) return core::success();
  std::vector<std::string_view> known;
  for (const auto &entry : providers.entries()) known.push_back(entry.name);
  return core::unknown_session_cache(policy.provider, known);
}

SessionCaching::SessionCaching() : client_(tls_log_line) {}

void SessionCaching::open(const core::SessionCachePolicy &policy) {
  tls_sess_cache_t *provider = policy.kind == Kind::external
                                   ? module_state().providers.sessions.find(policy.provider)
                                   : nullptr;
  if (provider == nullptr) {
    close();
    return;
  }
  log_debug(DEBUG8, "opening '" + policy.provider + "' TLSSessionCache");
  const RootPrivileges root;
  const core::Status opened = client_.open(*provider, policy.info, policy.timeout);
  if (opened) return;
  log_syslog(PR_LOG_WARNING, "error opening '" + policy.provider + "' TLSSessionCache: " +
                                 opened.error().message + " (sessions are resumed without it)");
}

void SessionCaching::forget(std::string_view provider) {
  if (in_use() && provider == client_.provider()->cache_name) close();
}

}  // namespace mod_tls::glue
