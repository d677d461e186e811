// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Whether a cipher has less than 112 bits, no encryption, or no authentication: no server offers
/// it.
[[nodiscard]] bool is_weak(const SSL_CIPHER *cipher);

/// Why a server found no cipher to agree on with its client.
enum class CipherMatch {
  none,               ///< The two lists have nothing in common.
  only_weak,          ///< Nor has the client's anything worth to be added to ours.
  other_certificate,  ///< What they have in common needs a certificate that we do not have.
};

/// Compares the lists of a server that has just refused its client for want of a cipher.
[[nodiscard]] CipherMatch match_ciphers(const SSL *ssl);

/// What the client offered, as far as the library still knows it; some names, not a page.
[[nodiscard]] std::string offered_ciphers(const SSL *ssl);

/// The types of certificate ("RSA", "EC or RSA") that ciphers in common need, and those of `ssl`.
[[nodiscard]] std::string needed_certificates(const SSL *ssl);
[[nodiscard]] std::string own_certificates(const SSL *ssl);

}  // namespace mod_tls::ossl
