// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/http_url.h"
#include "core/result.h"

namespace mod_tls::core {

/// One OCSP request on its way (RFC 6960 appendix A).
struct OcspFetch {
  HttpUrl url;
  std::span<const std::uint8_t> request;  ///< DER.
  std::chrono::milliseconds time;         ///< For all of it: names, connections, answers.
  bool fresh = false;                  ///< Caches on the way are asked for nothing (with a nonce).
  std::string_view agent = "mod_tls";  ///< The field User-Agent.
};

/// Where OCSP responses come from: ossl asks, net answers, glue joins them up.
class OcspFetcher {
 public:
  OcspFetcher() = default;
  OcspFetcher(const OcspFetcher &) = delete;
  OcspFetcher &operator=(const OcspFetcher &) = delete;
  virtual ~OcspFetcher() = default;

  /// The DER of the response, unchecked; or why there is none.
  virtual Result<std::vector<std::uint8_t>> fetch(const OcspFetch &fetch) = 0;
};

}  // namespace mod_tls::core
