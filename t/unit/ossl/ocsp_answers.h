// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <vector>

#include "ossl/handles.h"

namespace mod_tls::test {

/// What a responder is to say.
struct Saying {
  int status = V_OCSP_CERTSTATUS_GOOD;
  long begins = -60;  ///< Seconds from now.
  long ends = 3600;
  bool with_end = true;
  bool echo_nonce = true;
  bool with_certificate = true;  ///< That of the signer comes along.
};

/// Whom it is said about, and by whose issuer.
struct AskedAbout {
  const X509 *certificate;
  const X509 *issuer;
};

struct OcspSigner {
  X509 *certificate;
  EVP_PKEY *key;
};

/// The DER of a signed response to the DER of a request.
std::vector<std::uint8_t> make_ocsp_answer(const std::vector<std::uint8_t> &request,
                                           const AskedAbout &about, const OcspSigner &signer,
                                           const Saying &saying);

}  // namespace mod_tls::test
