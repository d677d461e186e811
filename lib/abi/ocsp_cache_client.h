// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

// By its place, because the headers of ProFTPD have one of this name, too.
#include "../../mod_tls.h"
#include "abi/provider_client.h"
#include "core/result.h"
#include "core/staple_source.h"

namespace mod_tls::abi {

/// An OCSP response as a cache keeps it. It is hostile until it has been checked again.
struct CachedResponse {
  std::vector<std::uint8_t> der;
  core::UnixTime obtained = 0;
};

/// OcspCacheClient speaks to the provider of TLSStaplingCache through its C interface. While none
/// is open it is an empty cache.
class OcspCacheClient : public ProviderClient<tls_ocsp_cache_t> {
 public:
  /// Opens `provider`: see ProviderClient.
  core::Status open(tls_ocsp_cache_t &provider, const std::string &info);
  /// Keeps a response; the error is the system's.
  core::Status add(const core::Fingerprint &certificate, std::span<const std::uint8_t> der,
                   core::UnixTime obtained);
  std::optional<CachedResponse> get(const core::Fingerprint &certificate);
  void remove(const core::Fingerprint &certificate);
};

}  // namespace mod_tls::abi
