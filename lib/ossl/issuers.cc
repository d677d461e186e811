// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/issuers.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace mod_tls::ossl {

namespace {

X509Ptr shared(X509 *certificate) {
  if (certificate != nullptr) X509_up_ref(certificate);
  return X509Ptr(certificate);
}

bool issued_by(X509 *certificate, X509 *candidate) {
  return candidate != certificate && X509_check_issued(candidate, certificate) == X509_V_OK &&
         X509_verify(certificate, X509_get0_pubkey(candidate)) == 1;
}

X509Ptr issuer_in(STACK_OF(X509) * candidates, X509 *certificate) {
  for (int i = 0; i < sk_X509_num(candidates); i++) {
    X509 *candidate = sk_X509_value(candidates, i);
    if (issued_by(certificate, candidate)) return shared(candidate);
  }
  return nullptr;
}

X509Ptr issuer_in_store(SSL_CTX *ctx, X509 *certificate) {
  using Certificates = STACK_OF(X509);
  struct FreeAll {
    void operator()(Certificates *list) const noexcept { sk_X509_pop_free(list, X509_free); }
  };
  const std::unique_ptr<Certificates, FreeAll> all(
      X509_STORE_get1_all_certs(SSL_CTX_get_cert_store(ctx)));
  return issuer_in(all.get(), certificate);
}

}  // namespace

std::vector<IssuedCertificate> issued_certificates(SSL_CTX *ctx) {
  std::vector<IssuedCertificate> found;
  for (long more = SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_FIRST); more == 1;
       more = SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_NEXT)) {
    X509 *certificate = SSL_CTX_get0_certificate(ctx);
    if (certificate == nullptr) continue;
    STACK_OF(X509) *chain = nullptr;
    SSL_CTX_get0_chain_certs(ctx, &chain);
    X509Ptr issuer = issuer_in(chain, certificate);
    if (!issuer) issuer = issuer_in_store(ctx, certificate);
    found.push_back({.certificate = shared(certificate), .issuer = std::move(issuer)});
  }
  return found;
}

}  // namespace mod_tls::ossl
