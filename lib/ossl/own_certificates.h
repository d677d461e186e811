// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <openssl/ssl.h>

namespace mod_tls::ossl {

/// Calls `visit` with each certificate that a context has of its own; meanwhile that one is the
/// context's current certificate (SSL_CTX_set_current_cert(3)).
template <class Visit>
void for_each_certificate(SSL_CTX *ctx, Visit visit) {
  for (long more = SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_FIRST); more == 1;
       more = SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_NEXT)) {
    if (X509 *certificate = SSL_CTX_get0_certificate(ctx)) visit(certificate);
  }
  SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_FIRST);
}

}  // namespace mod_tls::ossl
