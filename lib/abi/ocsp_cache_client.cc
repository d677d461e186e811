// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "abi/ocsp_cache_client.h"

#include <openssl/ocsp.h>

#include <cerrno>
#include <memory>

#include "cache/hex.h"
#include "ossl/ocsp_message.h"

namespace mod_tls::abi {

namespace {

core::Error last_error() {
  return {core::Errc::io, core::errno_text(last_provider_error())};
}

}  // namespace

core::Status OcspCacheClient::open(tls_ocsp_cache_t &provider, const std::string &info) {
  return open_provider(provider, info);
}

core::Status OcspCacheClient::add(const core::Fingerprint &certificate,
                                  std::span<const std::uint8_t> der, core::UnixTime obtained) {
  if (provider() == nullptr) return core::success();
  const unsigned char *at = der.data();
  const ossl::OcspResponsePtr response(
      d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size())));
  errno = EINVAL;
  if (!response) return last_error();
  errno = 0;
  const std::string key = cache::to_hex(certificate);
  if (provider()->add(provider(), key.c_str(), response.get(), obtained) == 0)
    return core::success();
  return last_error();
}

std::optional<CachedResponse> OcspCacheClient::get(const core::Fingerprint &certificate) {
  if (provider() == nullptr) return {};
  std::time_t obtained = 0;
  const ossl::OcspResponsePtr response(
      provider()->get(provider(), cache::to_hex(certificate).c_str(), &obtained));
  if (!response) return {};
  unsigned char *der = nullptr;
  const int size = i2d_OCSP_RESPONSE(response.get(), &der);
  const ossl::OpensslBytesPtr owner(der);
  if (size <= 0) return {};
  return CachedResponse{.der = {der, der + size}, .obtained = obtained};
}

void OcspCacheClient::remove(const core::Fingerprint &certificate) {
  if (provider() != nullptr) provider()->delete_(provider(), cache::to_hex(certificate).c_str());
}

}  // namespace mod_tls::abi
