// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <ctime>
#include <string>
#include <vector>

#include "core/result.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Every CRL of a PEM file, in order; at least one. The error's message is the cause alone ("file
/// contained no CRL data").
core::Result<std::vector<X509CrlPtr>> load_crls(const std::string &path);

/// "Issuer: CN = test root, lastUpdate: ..., nextUpdate: ...": which CRL it is.
[[nodiscard]] std::string crl_name(const X509_CRL *crl);

/// What keeps a CRL from proving anything at `now`, if anything: expired, or not yet valid. All
/// certificates of its issuer are refused then.
[[nodiscard]] std::vector<std::string> crl_notices(const std::string &path, const X509_CRL *crl,
                                                   std::time_t now);

}  // namespace mod_tls::ossl
