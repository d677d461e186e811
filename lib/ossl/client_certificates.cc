// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/client_certificates.h"

namespace mod_tls::ossl {

bool client_certificates_agree(const SSL *control, const SSL *data) {
  const X509 *expected = SSL_get0_peer_certificate(control);
  if (expected == nullptr) return true;
  const X509 *presented = SSL_get0_peer_certificate(data);
  return presented != nullptr && X509_cmp(expected, presented) == 0;
}

}  // namespace mod_tls::ossl
