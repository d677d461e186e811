// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <openssl/ocsp.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/ocsp_freshness.h"
#include "core/result.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

using OcspRequestPtr = std::unique_ptr<OCSP_REQUEST, FreeWith<&OCSP_REQUEST_free>>;

/// What a responder says of a certificate (RFC 6960 section 2.2).
enum class CertificateStatus : std::uint8_t { good, revoked, unknown };

/// "good", "revoked", "unknown".
[[nodiscard]] std::string_view to_string(CertificateStatus status);

/// A response that belongs to the question, is signed by who may, and is valid now.
struct OcspAnswer {
  CertificateStatus status = CertificateStatus::unknown;
  std::string revocation_reason = {};  ///< "keyCompromise"; empty if there is none.
  core::ResponseTimes times = {};
  core::UnixTime made = 0;     ///< thisUpdate.
  bool without_nonce = false;  ///< The request had one.
};

/// OcspQuestion asks about one certificate of one issuer.
class OcspQuestion {
 public:
  /// With a nonce, an old answer cannot be taken for a new one; many responders have no use for it.
  static core::Result<OcspQuestion> create(const X509 *certificate, const X509 *issuer, bool nonce);

  /// The request as it is sent.
  [[nodiscard]] const std::vector<std::uint8_t> &der() const { return der_; }

  /// Checks a response: its status, its signature (by the issuer, or by somebody the issuer has
  /// certified for it; not looked at unless `verify`), the certificate it is about, its times at
  /// `now` (300 s of slack), its nonce. The error says what is wrong with it.
  [[nodiscard]] core::Result<OcspAnswer> check(std::span<const std::uint8_t> response, bool verify,
                                               core::UnixTime now) const;

 private:
  OcspQuestion() = default;

  [[nodiscard]] core::Status check_signature(OCSP_BASICRESP *basic) const;
  [[nodiscard]] core::Result<OcspAnswer> read_status(OCSP_BASICRESP *basic,
                                                     core::UnixTime now) const;
  [[nodiscard]] const OCSP_CERTID *id() const;

  OcspRequestPtr request_;
  X509Ptr issuer_;
  std::vector<std::uint8_t> der_;
};

/// The responders that a certificate names (RFC 5280 section 4.2.2.1), in its order.
[[nodiscard]] std::vector<std::string> responder_urls(const X509 *certificate);

}  // namespace mod_tls::ossl
