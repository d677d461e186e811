// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/issuers.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "ossl/own_certificates.h"

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
  const X509StackPtr all(X509_STORE_get1_all_certs(SSL_CTX_get_cert_store(ctx)));
  return issuer_in(all.get(), certificate);
}

}  // namespace

std::vector<IssuedCertificate> issued_certificates(SSL_CTX *ctx) {
  std::vector<IssuedCertificate> found;
  for_each_certificate(ctx, [&](X509 *certificate) {
    STACK_OF(X509) *chain = nullptr;
    SSL_CTX_get0_chain_certs(ctx, &chain);
    X509Ptr issuer = issuer_in(chain, certificate);
    if (!issuer) issuer = issuer_in_store(ctx, certificate);
    found.push_back({.certificate = shared(certificate), .issuer = std::move(issuer)});
  });
  return found;
}

}  // namespace mod_tls::ossl
