// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "../../mod_tls.h"
#include "abi/provider_client.h"
#include "core/result.h"
#include "ossl/session_cache.h"

namespace mod_tls::abi {

/// SessionCacheClient speaks to the provider of TLSSessionCache through its C interface. While
/// none is open it is an empty cache. The provider's flags (cache_mode) are not followed: each
/// process keeps its sessions for its data connections, whatever the provider can do.
class SessionCacheClient final : public ossl::SessionCache,
                                 public ProviderClient<tls_sess_cache_t> {
 public:
  /// `log` gets a line for each new kind of failure of the provider.
  using Log = void (*)(std::string_view line);

  explicit SessionCacheClient(Log log) : log_(log) {}

  /// Opens `provider`: see ProviderClient.
  core::Status open(tls_sess_cache_t &provider, const std::string &info,
                    std::chrono::seconds timeout);
  void add(ossl::SessionId id, std::time_t expires, SSL_SESSION *session) override;
  ossl::SslSessionPtr get(ossl::SessionId id) override;
  void remove(ossl::SessionId id) override;

 private:
  void report(std::string_view what, int error);

  Log log_;
  std::string reported_;  // the last line: a process says a thing once
};

}  // namespace mod_tls::abi
