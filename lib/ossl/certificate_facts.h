// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "core/variables.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// What is shown of a certificate. Control characters that its maker put into names are shown as
/// '?', so that none can forge a line where the values are written.
[[nodiscard]] core::CertificateFacts certificate_facts(const X509 *certificate);

/// The certificate in PEM.
[[nodiscard]] std::string certificate_pem(const X509 *certificate);

}  // namespace mod_tls::ossl
