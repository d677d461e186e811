// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <ctime>
#include <optional>
#include <span>
#include <vector>

#include "core/session_listing.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// A session as bytes (its master secret among them: to be sealed, and wiped); empty on failure.
[[nodiscard]] std::vector<unsigned char> encode_session(const SSL_SESSION *session);
/// The session of such bytes; null if they are not one, or more than one.
[[nodiscard]] SslSessionPtr decode_session(std::span<const unsigned char> bytes);

/// What a listing of cached sessions shows of one; no secret is among it.
[[nodiscard]] core::ListedSession summary_of(const SSL_SESSION *session);

/// An OCSP response with the time at which it was obtained.
struct DatedResponse {
  std::time_t obtained = 0;
  OcspResponsePtr response = nullptr;
};

/// 8 bytes of time, big-endian, then DER; empty on failure.
[[nodiscard]] std::vector<unsigned char> encode_response(const OCSP_RESPONSE *response,
                                                         std::time_t obtained);
/// `response` is null if the bytes are not one.
[[nodiscard]] DatedResponse decode_response(std::span<const unsigned char> bytes);

}  // namespace mod_tls::ossl
