// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/cipher_match.h"

#include <openssl/objects.h>

#include <algorithm>
#include <vector>

#include "core/cipher_words.h"
#include "ossl/own_certificates.h"

namespace mod_tls::ossl {

namespace {

using Ciphers = std::vector<const SSL_CIPHER *>;

constexpr std::size_t kMaxNames = 4;

Ciphers list_of(const STACK_OF(SSL_CIPHER) * stack) {
  Ciphers list;
  for (int i = 0; i < sk_SSL_CIPHER_num(stack); i++) list.push_back(sk_SSL_CIPHER_value(stack, i));
  return list;
}

/// What is no cipher at all (signalling values) is not in such a list.
Ciphers clients(const SSL *ssl) {
  return list_of(SSL_get_client_ciphers(ssl));
}

bool contains(const Ciphers &list, const SSL_CIPHER *cipher) {
  return std::ranges::any_of(list, [&](const SSL_CIPHER *other) {
    return SSL_CIPHER_get_id(other) == SSL_CIPHER_get_id(cipher);
  });
}

Ciphers in_common(const SSL *ssl) {
  const Ciphers ours = list_of(SSL_get_ciphers(ssl));
  Ciphers common = clients(ssl);
  std::erase_if(common, [&](const SSL_CIPHER *cipher) {
    return SSL_CIPHER_get_auth_nid(cipher) == NID_auth_any || !contains(ours, cipher);
  });
  return common;
}

struct TypeRow {
  int auth;
  int key_type;
  const char *name;
};

constexpr TypeRow kTypes[] = {{NID_auth_rsa, EVP_PKEY_RSA, "RSA"},
                              {NID_auth_ecdsa, EVP_PKEY_EC, "EC"},
                              {NID_auth_ecdsa, EVP_PKEY_ED25519, "Ed25519"},
                              {NID_auth_ecdsa, EVP_PKEY_ED448, "Ed448"},
                              {NID_auth_dss, EVP_PKEY_DSA, "DSA"}};

void add_name(std::string &names, const char *name) {
  if (names.find(name) != std::string::npos) return;
  names += names.empty() ? "" : " or ";
  names += name;
}

}  // namespace

bool is_weak(const SSL_CIPHER *cipher) {
  return SSL_CIPHER_get_bits(cipher, nullptr) < core::kMinCipherBits ||
         SSL_CIPHER_get_auth_nid(cipher) == NID_auth_null;
}

CipherMatch match_ciphers(const SSL *ssl) {
  const Ciphers offered = clients(ssl);
  if (!in_common(ssl).empty()) return CipherMatch::other_certificate;
  return std::ranges::all_of(offered, is_weak) ? CipherMatch::only_weak : CipherMatch::none;
}

std::string offered_ciphers(const SSL *ssl) {
  const Ciphers offered = clients(ssl);
  if (offered.empty()) return "none that the library still knows";
  std::string names;
  for (std::size_t i = 0; i < std::min(offered.size(), kMaxNames); i++) {
    names += (i == 0 ? "" : ", ") + std::string(SSL_CIPHER_get_name(offered[i]));
  }
  return offered.size() > kMaxNames ? names + "..." : names;
}

std::string needed_certificates(const SSL *ssl) {
  std::string names;
  for (const SSL_CIPHER *cipher : in_common(ssl)) {
    const auto *row = std::ranges::find(kTypes, SSL_CIPHER_get_auth_nid(cipher), &TypeRow::auth);
    add_name(names, row == std::end(kTypes) ? "(none)" : row->name);
  }
  return names;
}

std::string own_certificates(const SSL *ssl) {
  std::string names;
  SSL_CTX *ctx = SSL_get_SSL_CTX(ssl);
  for_each_certificate(ctx, [&](X509 *) {
    const EVP_PKEY *key = SSL_CTX_get0_privatekey(ctx);
    const auto *row = std::ranges::find(kTypes, key == nullptr ? 0 : EVP_PKEY_get_base_id(key),
                                        &TypeRow::key_type);
    if (row != std::end(kTypes)) add_name(names, row->name);
  });
  return names.empty() ? "none" : names;
}

}  // namespace mod_tls::ossl
