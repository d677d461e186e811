// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string_view>

#include "abi/session_cache_client.h"
#include "core/result.h"
#include "core/server_policy.h"

namespace mod_tls::glue {

/// Refuses a TLSSessionCache whose provider no module has registered.
core::Status check_session_cache(const core::SessionCachePolicy &policy);

/// SessionCaching is the daemon's one external session cache. It is opened before contexts are
/// built, inherited by sessions, and closed by the daemon.
class SessionCaching {
 public:
  SessionCaching();

  /// Opens what the policy names, or closes what was open. A cache that cannot be opened is told
  /// to syslog, and the server runs without.
  void open(const core::SessionCachePolicy &policy);
  void close() { client_.close(); }
  /// Before a provider goes: closes it if it is the one in use.
  void forget(std::string_view provider);

  [[nodiscard]] bool in_use() const { return client_.provider() != nullptr; }
  [[nodiscard]] abi::SessionCacheClient &client() { return client_; }

 private:
  abi::SessionCacheClient client_;
};

}  // namespace mod_tls::glue
