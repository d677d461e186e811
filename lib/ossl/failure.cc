// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/failure.h"

#include <openssl/sslerr.h>

#include <algorithm>

#include "core/cipher_spec.h"
#include "ossl/byte_bio.h"
#include "ossl/cipher_match.h"
#include "ossl/client_hello.h"
#include "ossl/compat.h"

namespace mod_tls::ossl {

namespace {

using R = core::FailureReason;
using Errors = std::vector<LibraryError>;
using Fields = std::vector<core::TextField>;

struct ReasonRow {
  int library_reason;
  R reason;
};

// The first row that fits counts.
constexpr ReasonRow kReasons[] = {
    {SSL_R_INAPPROPRIATE_FALLBACK, R::needless_fallback},
    {SSL_R_UNSUPPORTED_PROTOCOL, R::unsupported_version},
    {SSL_R_UNKNOWN_PROTOCOL, R::unsupported_version},
    {SSL_R_VERSION_TOO_LOW, R::unsupported_version},
    {SSL_R_NO_PROTOCOLS_AVAILABLE, R::unsupported_version},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, R::unsupported_version},
    {SSL_R_NO_SHARED_CIPHER, R::no_shared_cipher},
    {SSL_R_NO_CIPHERS_SPECIFIED, R::no_shared_cipher},
    {SSL_R_NO_SHARED_GROUPS, R::no_shared_group},
    {SSL_R_NO_SUITABLE_KEY_SHARE, R::no_shared_group},
    {SSL_R_WRONG_CURVE, R::no_shared_group},
    {SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, R::no_shared_signature},
    {SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, R::no_shared_signature},
    {SSL_R_NO_APPLICATION_PROTOCOL, R::other_application},
    {SSL_R_HTTP_REQUEST, R::plain_http},
    {SSL_R_HTTPS_PROXY_REQUEST, R::plain_http},
    {SSL_R_WRONG_VERSION_NUMBER, R::plain_text},
    {SSL_R_PACKET_LENGTH_TOO_LONG, R::plain_text},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, R::issuer_not_trusted},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, R::certificate_expired},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, R::certificate_revoked},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, R::certificate_rejected},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, R::certificate_rejected},
    {SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, R::certificate_rejected},
    {SSL_R_TLSV1_ALERT_ACCESS_DENIED, R::certificate_rejected},
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, R::no_client_certificate},
    {SSL_R_CERTIFICATE_VERIFY_FAILED, R::client_certificate_refused},
    {SSL_R_NO_CERTIFICATES_RETURNED, R::no_client_certificate},
    {SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, R::different_keys},
    {SSL_R_DIGEST_CHECK_FAILED, R::different_keys},
    {SSL_R_BINDER_DOES_NOT_VERIFY, R::different_keys},
    {SSL_R_SSLV3_ALERT_BAD_RECORD_MAC, R::different_keys},
    {SSL_R_TLSV1_ALERT_DECRYPT_ERROR, R::different_keys},
    {SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, R::client_gave_up},
    {SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER, R::client_gave_up},
    {SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY, R::client_gave_up},
    {SSL_R_TLSV1_ALERT_USER_CANCELLED, R::client_closed},
};

R library_reason(const Errors &errors) {
  const auto *row = std::ranges::find_if(
      kReasons, [&](const ReasonRow &r) { return has_ssl_reason(errors, r.library_reason); });
  return row == std::end(kReasons) ? R::other_failure : row->reason;
}

R version_reason(const SSL *ssl, const core::ServerPolicy &policy) {
  const auto offered = offered_protocol(ssl);
  if (!offered) return R::unsupported_version;
  if (!kLibraryProtocols.contains(*offered)) return R::version_not_in_library;
  return policy.protocols.contains(*offered) ? R::unsupported_version : R::disabled_version;
}

R cipher_reason(const SSL *ssl) {
  switch (match_ciphers(ssl)) {
    case CipherMatch::none:
      return R::no_shared_cipher;
    case CipherMatch::only_weak:
      return R::only_weak_ciphers;
    case CipherMatch::other_certificate:
      return R::other_certificate_type;
  }
  return R::no_shared_cipher;
}

R verification_reason(const SSL *ssl) {
  switch (SSL_get_verify_result(ssl)) {
    case X509_V_ERR_CERT_REVOKED:
      return R::client_certificate_revoked;
    case X509_V_ERR_OCSP_CERT_UNKNOWN:
      return R::client_ocsp_unknown;
    case X509_V_ERR_OCSP_VERIFY_FAILED:
      return R::client_ocsp_unanswered;
    default:  // not an enum of ours
      return R::client_certificate_refused;
  }
}

/// What the library calls the same can have several causes.
R refined(R reason, const SSL *ssl, const core::ServerPolicy &policy) {
  if (reason == R::unsupported_version) return version_reason(ssl, policy);
  if (reason == R::no_shared_cipher) return cipher_reason(ssl);
  if (reason == R::client_certificate_refused) return verification_reason(ssl);
  return reason;
}

std::string cipher_lists(const core::ServerPolicy &policy) {
  const std::string list = core::effective_legacy_list(policy.ciphers.legacy);
  const std::string start = "'TLSCipherSuite " + list + "' ";
  if (policy.ciphers.tls13.empty()) {
    return start + "(see `openssl ciphers " + list + "` for full list)";
  }
  return start + "or 'TLSCipherSuite TLSv1.3 " + policy.ciphers.tls13 +
         "' (see `openssl ciphers` for full list)";
}

std::string version_name(const SSL *ssl) {
  const auto offered = offered_protocol(ssl);
  return offered ? std::string(core::protocol_name(*offered)) : "(unknown)";
}

Fields fields_for(R reason, const SSL *ssl, const core::ServerPolicy &policy) {
  switch (reason) {
    case R::no_shared_cipher:
    case R::only_weak_ciphers:
      return {{"{ciphers}", cipher_lists(policy)}, {"{offered}", offered_ciphers(ssl)}};
    case R::other_certificate_type:
      return {{"{needed}", needed_certificates(ssl)}, {"{configured}", own_certificates(ssl)}};
    case R::client_certificate_refused:
      return {{"{detail}", X509_verify_cert_error_string(SSL_get_verify_result(ssl))}};
    default:
      return {{"{version}", version_name(ssl)}, {"{library}", OpenSSL_version(OPENSSL_VERSION)}};
  }
}

R reason_of(int kind, const Errors &errors, const SSL *ssl, const core::ServerPolicy &policy) {
  const ByteBio *bio = ByteBio::of(ssl);
  const bool ended = bio != nullptr && bio->transport_error() == 0 && bio->saw_end_of_stream();
  if (SSL_is_server(ssl) == 0) return R::other_server;
  if (kind == SSL_ERROR_ZERO_RETURN) return R::client_closed;
  if (has_ssl_reason(errors, SSL_R_UNEXPECTED_EOF_WHILE_READING)) return R::early_end;
  if (kind != SSL_ERROR_SYSCALL) return refined(library_reason(errors), ssl, policy);
  return ended && errors.empty() ? R::early_end : R::connection_lost;
}

std::string system_error(const ByteBio *bio, const Errors &errors) {
  const int error = bio == nullptr ? 0 : bio->transport_error();
  if (error == 0) return "system call error: " + to_stack_text(errors);
  return "system call error: [" + std::to_string(error) + "] " + core::errno_text(error);
}

/// The line that has always been there, before ours; empty if ours is that line.
std::string library_line(int kind, const Errors &errors, const SSL *ssl) {
  const ByteBio *bio = ByteBio::of(ssl);
  const bool ended = bio != nullptr && bio->transport_error() == 0 && bio->saw_end_of_stream();
  if (kind == SSL_ERROR_ZERO_RETURN) return {};
  if (kind == SSL_ERROR_WANT_X509_LOOKUP) return "needs X509 lookup";
  if (has_ssl_reason(errors, SSL_R_UNEXPECTED_EOF_WHILE_READING) ||
      (kind == SSL_ERROR_SYSCALL && ended && errors.empty())) {
    return "received EOF that violates protocol";
  }
  if (kind == SSL_ERROR_SYSCALL) return system_error(bio, errors);
  return "protocol error: " + to_stack_text(errors);
}

}  // namespace

HandshakeFailure explain_failure(int kind, const Errors &errors, const SSL *ssl,
                                 const core::ServerPolicy &policy) {
  const std::string start = SSL_is_server(ssl) != 0 ? "unable to accept TLS connection: "
                                                    : "unable to connect using TLS connection: ";
  const R reason = reason_of(kind, errors, ssl, policy);
  const Fields fields = fields_for(reason, ssl, policy);
  HandshakeFailure failure{.reason = reason, .told = core::failure_reply(reason, fields)};
  const std::string first = library_line(kind, errors, ssl);
  if (!first.empty()) failure.lines.push_back(start + first);
  failure.lines.push_back(start + core::failure_line(reason, fields));
  return failure;
}

}  // namespace mod_tls::ossl
