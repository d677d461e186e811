// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/handshake.h"

#include "ossl/byte_bio.h"
#include "ossl/error_queue.h"
#include "ossl/failure.h"
#include "ossl/psk.h"
#include "ossl/text.h"

namespace mod_tls::ossl {

namespace {

using Errors = std::vector<LibraryError>;

/// OpenSSL's own buffer, which a handshake writes through, forgets to pass on that a flush has to
/// be repeated.
bool is_stuck(const SSL *ssl, int kind) {
  const ByteBio *bio = ByteBio::of(ssl);
  return kind == SSL_ERROR_SYSCALL && bio != nullptr && bio->transport_error() == 0 &&
         bio->buffered() > 0;
}

}  // namespace

HandshakeResult handshake_step(SSL *ssl, const core::ServerPolicy &policy) {
  clear_errors();
  const int ret = SSL_do_handshake(ssl);
  if (ret == 1) return {Step::done};
  const int kind = SSL_get_error(ssl, ret);
  const Errors errors = take_errors();
  if (kind == SSL_ERROR_WANT_READ) return {Step::want_read};
  if (kind == SSL_ERROR_WANT_CLIENT_HELLO_CB) return {Step::other_server};
  if (kind == SSL_ERROR_WANT_WRITE || is_stuck(ssl, kind)) return {Step::want_write};
  HandshakeFailure failure = explain_failure(kind, errors, ssl, policy);
  return {Step::failed, std::move(failure.lines), errors.empty() ? 0 : errors.front().code,
          std::move(failure.told)};
}

HandshakeFacts handshake_facts(SSL *ssl) {
  HandshakeFacts facts{.protocol = SSL_get_version(ssl),
                       .cipher = SSL_get_cipher_name(ssl),
                       .cipher_bits = SSL_get_cipher_bits(ssl, nullptr),
                       .resumed = SSL_session_reused(ssl) != 0 && !used_external_key(ssl)};
  facts.secure_renegotiation =
      SSL_version(ssl) >= TLS1_3_VERSION || SSL_get_secure_renegotiation_support(ssl) != 0;
  const X509 *certificate = SSL_get0_peer_certificate(ssl);
  if (certificate != nullptr) {
    facts.client_subject = escaped_text_of(X509_get_subject_name(certificate));
  }
  return facts;
}

}  // namespace mod_tls::ossl
