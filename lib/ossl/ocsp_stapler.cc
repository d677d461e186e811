// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/ocsp_stapler.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <span>

namespace mod_tls::ossl {

namespace {

/// An OCSPResponse (RFC 6960 section 4.2.1) with the status "tryLater" and nothing else.
constexpr std::array<std::uint8_t, 5> kTryLater = {0x30, 0x03, 0x0a, 0x01, 0x03};

using TlsFeaturePtr = std::unique_ptr<TLS_FEATURE, FreeWith<&TLS_FEATURE_free>>;

bool staple(SSL *ssl, std::span<const std::uint8_t> response) {
  OpensslBytesPtr copy(
      static_cast<unsigned char *>(OPENSSL_memdup(response.data(), response.size())));
  if (!copy) return false;
  if (SSL_set_tlsext_status_ocsp_resp(ssl, copy.get(), static_cast<long>(response.size())) != 1) {
    return false;
  }
  static_cast<void>(copy.release());  // the connection's now
  return true;
}

}  // namespace

std::optional<core::Fingerprint> fingerprint_of(const X509 *certificate) {
  core::Fingerprint print{};
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha1(), print.data(), &size) != 1) return {};
  return print;
}

bool must_staple(const X509 *certificate) {
  constexpr long kStatusRequest = 5;
  constexpr long kStatusRequestV2 = 17;
  const TlsFeaturePtr features(
      static_cast<TLS_FEATURE *>(X509_get_ext_d2i(certificate, NID_tlsfeature, nullptr, nullptr)));
  if (!features) return false;
  for (int i = 0; i < sk_ASN1_INTEGER_num(features.get()); i++) {
    const long feature = ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features.get(), i));
    if (feature == kStatusRequest || feature == kStatusRequestV2) return true;
  }
  return false;
}

void OcspStapler::install(SSL_CTX *ctx) {
  SSL_CTX_set_tlsext_status_cb(ctx, on_status_request);
  SSL_CTX_set_tlsext_status_arg(ctx, this);
}

int OcspStapler::on_status_request(SSL *ssl, void *stapler) noexcept {
  return static_cast<const OcspStapler *>(stapler)->answer(ssl);
}

int OcspStapler::answer(SSL *ssl) const {
  const X509 *certificate = SSL_get_certificate(ssl);
  if (certificate == nullptr || SSL_session_reused(ssl) == 1) return SSL_TLSEXT_ERR_NOACK;
  const auto print = fingerprint_of(certificate);
  const auto response = print ? source_.find(*print, std::time(nullptr)) : std::nullopt;
  if (response) return staple(ssl, *response) ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
  if (!fake_try_later_ && !must_staple(certificate)) return SSL_TLSEXT_ERR_NOACK;
  return staple(ssl, kTryLater) ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace mod_tls::ossl
