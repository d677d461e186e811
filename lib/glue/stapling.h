// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "abi/ocsp_cache_client.h"
#include "cache/staple_board.h"
#include "core/result.h"
#include "core/server_report.h"
#include "core/stapling_policy.h"
#include "glue/staple_refresher.h"
#include "ossl/ocsp_stapler.h"

namespace mod_tls::glue {

struct ServerContext;

/// Refuses a TLSStaplingCache whose provider no module has registered.
core::Status check_stapling_cache(const core::StaplingCachePolicy &policy);

/// Stapling is what the daemon has for OCSP stapling (RFC 6066, section 8): the board that sessions
/// read, the cache that outlives the daemon, and the refresher process that fills both. Handshakes
/// never wait for the network.
class Stapling {
 public:
  /// What makes a context staple; nullptr where the policy does not ask for it.
  std::unique_ptr<ossl::OcspStapler> stapler_for(const core::StaplingPolicy &policy);

  /// Opens what TLSStaplingCache names, or closes what was open.
  void open_cache(const core::StaplingCachePolicy &policy);
  /// Before a provider goes: closes it if it is the one in use.
  void forget(std::string_view provider);
  [[nodiscard]] abi::OcspCacheClient &cache() { return cache_; }
  /// What is stapled for a certificate of a context, or why nothing is.
  void report(const ServerContext &context, const core::Fingerprint &certificate,
              core::UnixTime now, core::CertificateReport &report) const;
  /// A notice for each certificate that nothing can be stapled for, because its issuer is missing.
  static void tell_unstapled();

  /// Whether a context has been built that staples.
  [[nodiscard]] bool in_use() const { return board_ != nullptr; }
  /// In the daemon: has a refresher at work for the contexts as they are now.
  void start_refresher();
  /// Starts it again if it has died.
  void look_after_refresher();
  [[nodiscard]] StapleRefresher &refresher() { return refresher_; }

 private:
  std::unique_ptr<cache::StapleBoard> board_;
  abi::OcspCacheClient cache_;
  StapleRefresher refresher_;
  bool wanted_ = false;  // whether there is work for a refresher
};

}  // namespace mod_tls::glue
