// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/hkdf.h"

#include <openssl/core_names.h>

#include <array>

#include "ossl/handles.h"

namespace mod_tls::ossl {

namespace {

OSSL_PARAM octets(const char *name, std::span<const std::byte> bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::byte *>(bytes.data()),
                                           bytes.size());
}

}  // namespace

bool hkdf_sha256(std::span<const std::byte> secret, std::span<const std::byte> info,
                 std::span<std::byte> key) {
  const EvpKdfPtr hkdf{EVP_KDF_fetch(nullptr, "HKDF", nullptr)};
  const EvpKdfCtxPtr context{hkdf ? EVP_KDF_CTX_new(hkdf.get()) : nullptr};
  std::array<char, 7> digest{"SHA256"};
  const std::array<OSSL_PARAM, 4> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      octets(OSSL_KDF_PARAM_KEY, secret), octets(OSSL_KDF_PARAM_INFO, info),
      OSSL_PARAM_construct_end()};
  return context && EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char *>(key.data()),
                                   key.size(), parameters.data()) == 1;
}

}  // namespace mod_tls::ossl
