// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/client_certificates.h"

namespace mod_tls::ossl {

namespace {

void free_identity(void *, void *certificate, CRYPTO_EX_DATA *, int, long, void *) noexcept {
  const X509Ptr owner{static_cast<X509 *>(certificate)};
}

/// The slot of a connection that owns the certificate of its client.
int identity_slot() {
  static const int kSlot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_identity);
  return kSlot;
}

bool equal(const X509 *a, const X509 *b) {
  if (a == nullptr || b == nullptr) return a == b;
  return X509_cmp(a, b) == 0;
}

}  // namespace

bool keep_identity(SSL *ssl, X509 *certificate) {
  if (certificate != nullptr) X509_up_ref(certificate);
  X509Ptr other{certificate};
  X509 *const before = kept_identity(ssl);
  if (SSL_set_ex_data(ssl, identity_slot(), certificate) != 1) return false;
  (void)other.release();  // free_identity() has it now
  other.reset(before);
  return true;
}

X509 *kept_identity(const SSL *ssl) {
  return static_cast<X509 *>(SSL_get_ex_data(ssl, identity_slot()));
}

bool identity_unchanged(const SSL *ssl) {
  return equal(kept_identity(ssl), SSL_get0_peer_certificate(ssl));
}

bool client_certificates_agree(const SSL *control, const SSL *data) {
  const X509 *expected = kept_identity(control);
  return expected == nullptr || equal(expected, SSL_get0_peer_certificate(data));
}

}  // namespace mod_tls::ossl
