// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "core/client_names.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// The names of a certificate in UTF-8: the last CN of its subject, and those of its SAN.
[[nodiscard]] core::CertificateNames certificate_names(const X509 *certificate);

/// What a certificate has under an OID, as texts: attributes of the subject, and extensions that
/// consist of one string (with or without the DER that says so). What holds a NUL is left out.
[[nodiscard]] std::vector<std::string> values_of_oid(const X509 *certificate,
                                                     const std::string &oid);

}  // namespace mod_tls::ossl
