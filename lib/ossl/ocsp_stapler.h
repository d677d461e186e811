// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>

#include "core/staple_source.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// The SHA-1 of a certificate's DER.
[[nodiscard]] std::optional<core::Fingerprint> fingerprint_of(const X509 *certificate);

/// Whether a certificate has the TLS feature "status_request" (RFC 7633): clients refuse it without
/// a stapled response.
[[nodiscard]] bool must_staple(const X509 *certificate);

/// OcspStapler answers status_request (RFC 6066 section 8) in full handshakes of a context with
/// what a source has for the certificate in use. Without one it staples a "tryLater", or nothing
/// if that is not wanted and the certificate does not demand it.
class OcspStapler {
 public:
  OcspStapler(const core::StapleSource &source, bool fake_try_later)
      : source_(source), fake_try_later_(fake_try_later) {}
  OcspStapler(const OcspStapler &) = delete;
  OcspStapler &operator=(const OcspStapler &) = delete;
  ~OcspStapler() = default;

  /// Makes handshakes of `ctx` ask this object, which must outlive it.
  void install(SSL_CTX *ctx);

 private:
  static int on_status_request(SSL *ssl, void *stapler) noexcept;
  int answer(SSL *ssl) const;

  const core::StapleSource &source_;
  bool fake_try_later_;
};

}  // namespace mod_tls::ossl
