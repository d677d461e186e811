// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "core/ocsp_fetcher.h"

namespace mod_tls::net {

/// OcspClient sends OCSP requests by HTTP POST (RFC 6960 appendix A.1). It follows a few
/// redirections and takes its time from one clock for everything.
class OcspClient final : public core::OcspFetcher {
 public:
  core::Result<std::vector<std::uint8_t>> fetch(const core::OcspFetch &fetch) override;
};

}  // namespace mod_tls::net
