// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <ctime>
#include <functional>
#include <optional>
#include <vector>

#include "core/server_report.h"
#include "core/staple_source.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Fills in what is known of the response to staple for a certificate.
using StapleLookup =
    std::function<void(const core::Fingerprint &, core::CertificateReport &report)>;

/// The server certificates of a context, one for each type of key. Moves the context's notion of
/// its "current" certificate, which nothing in a handshake depends on.
[[nodiscard]] std::vector<core::CertificateReport> report_certificates(SSL_CTX *ctx,
                                                                       std::time_t now,
                                                                       const StapleLookup &staple);

}  // namespace mod_tls::ossl
