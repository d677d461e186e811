// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/session_codec.h"

#include <climits>
#include <cstdint>

#include "ossl/error_queue.h"

namespace mod_tls::ossl {

namespace {

using Bytes = std::vector<unsigned char>;
using View = std::span<const unsigned char>;

constexpr std::size_t kTime = 8;

std::string protocol_name(int version) {
  switch (version) {
    case SSL3_VERSION:
      return "SSLv3";
    case TLS1_VERSION:
      return "TLSv1";
    case TLS1_1_VERSION:
      return "TLSv1.1";
    case TLS1_2_VERSION:
      return "TLSv1.2";
    case TLS1_3_VERSION:
      return "TLSv1.3";
    default:  // a number, not an enum
      return "unknown";
  }
}

/// The caller's pointer is moved by the library; it has to end where the bytes end.
template <class Handle, class Decode>
Handle decode_all(View bytes, const Decode &decode) {
  if (bytes.empty() || bytes.size() > LONG_MAX) return {};
  clear_errors();
  const unsigned char *at = bytes.data();
  Handle object{decode(nullptr, &at, static_cast<long>(bytes.size()))};
  clear_errors();
  return at == bytes.data() + bytes.size() ? std::move(object) : Handle{};
}

}  // namespace

Bytes encode_session(const SSL_SESSION *session) {
  const int size = i2d_SSL_SESSION(session, nullptr);
  if (size <= 0) return {};
  Bytes bytes(static_cast<std::size_t>(size));
  unsigned char *end = bytes.data();
  i2d_SSL_SESSION(session, &end);
  return bytes;
}

SslSessionPtr decode_session(View bytes) {
  return decode_all<SslSessionPtr>(bytes, d2i_SSL_SESSION);
}

core::ListedSession summary_of(const SSL_SESSION *session) {
  return {.version = protocol_name(SSL_SESSION_get_protocol_version(session)),
          .started = SSL_SESSION_get_time(session),
          .seconds = SSL_SESSION_get_timeout(session)};
}

Bytes encode_response(const OCSP_RESPONSE *response, std::time_t obtained) {
  const int size = i2d_OCSP_RESPONSE(response, nullptr);
  if (size <= 0) return {};
  Bytes bytes(kTime + static_cast<std::size_t>(size));
  auto rest = static_cast<std::uint64_t>(obtained);
  for (std::size_t i = kTime; i-- > 0; rest >>= 8) bytes[i] = static_cast<unsigned char>(rest);
  unsigned char *end = bytes.data() + kTime;
  i2d_OCSP_RESPONSE(response, &end);
  return bytes;
}

DatedResponse decode_response(View bytes) {
  if (bytes.size() <= kTime) return {};
  std::uint64_t time = 0;
  for (const unsigned char byte : bytes.first(kTime)) time = (time << 8) | byte;
  return {static_cast<std::time_t>(time),
          decode_all<OcspResponsePtr>(bytes.subspan(kTime), d2i_OCSP_RESPONSE)};
}

}  // namespace mod_tls::ossl
