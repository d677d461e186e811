// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <vector>

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// A server certificate and who issued it; none for one that is self-signed or without its chain.
struct IssuedCertificate {
  X509Ptr certificate;
  X509Ptr issuer;
};

/// The server certificates of a context, one for each type of key, with the issuers that its
/// chains (or its store, where one is needed) have for them.
[[nodiscard]] std::vector<IssuedCertificate> issued_certificates(SSL_CTX *ctx);

}  // namespace mod_tls::ossl
