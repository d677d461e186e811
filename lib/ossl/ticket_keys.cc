// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/ticket_keys.h"

#include <openssl/crypto.h>

#include <vector>

namespace mod_tls::ossl {

void copy_ticket_keys(SSL_CTX *from, SSL_CTX *to) {
  const long size = SSL_CTX_get_tlsext_ticket_keys(from, nullptr, 0);
  if (size <= 0) return;
  std::vector<unsigned char> keys(static_cast<std::size_t>(size));
  if (SSL_CTX_get_tlsext_ticket_keys(from, keys.data(), size) == 1) {
    SSL_CTX_set_tlsext_ticket_keys(to, keys.data(), size);
  }
  OPENSSL_cleanse(keys.data(), keys.size());
}

}  // namespace mod_tls::ossl
