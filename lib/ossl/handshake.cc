// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/handshake.h"

#include <openssl/sslerr.h>

#include <algorithm>
#include <span>
#include <system_error>

#include "ossl/byte_bio.h"
#include "ossl/client_hello.h"
#include "ossl/compat.h"
#include "ossl/error_queue.h"
#include "ossl/psk.h"

namespace mod_tls::ossl {

namespace {

using Errors = std::vector<LibraryError>;

constexpr char kPrefix[] = "unable to accept TLS connection: ";
constexpr char kClientPrefix[] = "unable to connect using TLS connection: ";

/// What a failure seems to come from, beyond the library's words.
enum class Hint { version, cipher, application_protocol, plain_text, certificate_rejected };

struct HintRow {
  int reason;
  Hint hint;
};

constexpr HintRow kHints[] = {
    {SSL_R_UNSUPPORTED_PROTOCOL, Hint::version},
    {SSL_R_UNKNOWN_PROTOCOL, Hint::version},
    {SSL_R_VERSION_TOO_LOW, Hint::version},
    {SSL_R_NO_PROTOCOLS_AVAILABLE, Hint::version},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, Hint::version},
    {SSL_R_NO_SHARED_CIPHER, Hint::cipher},
    {SSL_R_NO_APPLICATION_PROTOCOL, Hint::application_protocol},
    {SSL_R_HTTP_REQUEST, Hint::plain_text},
    {SSL_R_HTTPS_PROXY_REQUEST, Hint::plain_text},
    {SSL_R_WRONG_VERSION_NUMBER, Hint::plain_text},
    {SSL_R_PACKET_LENGTH_TOO_LONG, Hint::plain_text},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, Hint::certificate_rejected},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, Hint::certificate_rejected},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, Hint::certificate_rejected},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, Hint::certificate_rejected},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, Hint::certificate_rejected},
    {SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, Hint::certificate_rejected},
};

std::string version_hint(const SSL *ssl, const core::ServerPolicy &policy) {
  const auto offered = offered_protocol(ssl);
  if (!offered) return "perhaps client requested unsupported TLS protocol version: (unknown)";
  const std::string name{core::protocol_name(*offered)};
  if (!kLibraryProtocols.contains(*offered)) {
    return std::string(OpenSSL_version(OPENSSL_VERSION)) +
           " lacks support for client requested TLS protocol version: " + name;
  }
  if (!policy.protocols.contains(*offered)) {
    return "perhaps client requested disabled TLS protocol version: " + name;
  }
  return "perhaps client requested unsupported TLS protocol version: " + name;
}

std::string cipher_hint(const core::ServerPolicy &policy) {
  const std::string list = core::effective_legacy_list(policy.ciphers.legacy);
  const std::string start =
      "client does not support any cipher from 'TLSCipherSuite " + list + "' ";
  if (policy.ciphers.tls13.empty()) {
    return start + "(see `openssl ciphers " + list + "` for full list)";
  }
  return start + "or 'TLSCipherSuite TLSv1.3 " + policy.ciphers.tls13 +
         "' (see `openssl ciphers` for full list)";
}

std::string hint_text(Hint hint, const SSL *ssl, const core::ServerPolicy &policy) {
  switch (hint) {
    case Hint::version:
      return version_hint(ssl, policy);
    case Hint::cipher:
      return cipher_hint(policy);
    case Hint::application_protocol:
      return "client offers by ALPN other protocols than 'ftp', so it means another server (to "
             "serve it all the same: 'TLSNextProtocol off')";
    case Hint::plain_text:
      return "perhaps client sent plain text instead of starting TLS";
    case Hint::certificate_rejected:
      return "perhaps client does not trust the server's certificate";
  }
  return {};
}

std::vector<std::string> protocol_failure(const Errors &errors, const SSL *ssl,
                                          const core::ServerPolicy &policy) {
  std::vector<std::string> lines{kPrefix + ("protocol error: " + to_stack_text(errors))};
  const auto *row = std::ranges::find_if(
      kHints, [&](const HintRow &r) { return has_ssl_reason(errors, r.reason); });
  if (row != std::end(kHints)) lines.push_back(kPrefix + hint_text(row->hint, ssl, policy));
  return lines;
}

std::vector<std::string> end_of_stream_failure() {
  return {kPrefix + std::string("received EOF that violates protocol"),
          kPrefix + std::string("usually this indicates an FTP-aware router, NAT, or firewall "
                                "interfering with the TLS handshake")};
}

std::vector<std::string> system_failure(const ByteBio *bio, const Errors &errors) {
  const std::string start = kPrefix + std::string("system call error: ");
  const int error = bio == nullptr ? 0 : bio->transport_error();
  if (error == 0) return {start + to_stack_text(errors)};
  return {start + "[" + std::to_string(error) + "] " + std::generic_category().message(error)};
}

std::vector<std::string> failure_lines(int kind, const Errors &errors, const SSL *ssl,
                                       const core::ServerPolicy &policy) {
  const ByteBio *bio = ByteBio::of(ssl);
  const bool ended = bio != nullptr && bio->transport_error() == 0 && bio->saw_end_of_stream();
  if (kind == SSL_ERROR_ZERO_RETURN) return {kPrefix + std::string("TLS connection closed")};
  if (kind == SSL_ERROR_WANT_X509_LOOKUP) return {kPrefix + std::string("needs X509 lookup")};
  if (has_ssl_reason(errors, SSL_R_UNEXPECTED_EOF_WHILE_READING)) return end_of_stream_failure();
  if (kind != SSL_ERROR_SYSCALL) return protocol_failure(errors, ssl, policy);
  return ended && errors.empty() ? end_of_stream_failure() : system_failure(bio, errors);
}

/// The general line alone, for the client's side: the hints are about clients.
std::vector<std::string> as_client(const std::vector<std::string> &lines) {
  return {kClientPrefix + lines.front().substr(sizeof kPrefix - 1)};
}

/// OpenSSL's own buffer, which a handshake writes through, forgets to pass on that a flush has to
/// be repeated.
bool is_stuck(const SSL *ssl, int kind) {
  const ByteBio *bio = ByteBio::of(ssl);
  return kind == SSL_ERROR_SYSCALL && bio != nullptr && bio->transport_error() == 0 &&
         bio->buffered() > 0;
}

std::string subject_of(const X509 *certificate) {
  const BioPtr text{BIO_new(BIO_s_mem())};
  X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE);
  char *data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string{};
}

}  // namespace

HandshakeResult handshake_step(SSL *ssl, const core::ServerPolicy &policy) {
  clear_errors();
  const int ret = SSL_do_handshake(ssl);
  if (ret == 1) return {Step::done};
  const int kind = SSL_get_error(ssl, ret);
  const Errors errors = take_errors();
  if (kind == SSL_ERROR_WANT_READ) return {Step::want_read};
  if (kind == SSL_ERROR_WANT_WRITE || is_stuck(ssl, kind)) return {Step::want_write};
  std::vector<std::string> lines = failure_lines(kind, errors, ssl, policy);
  if (SSL_is_server(ssl) == 0) lines = as_client(lines);
  return {Step::failed, std::move(lines), errors.empty() ? 0 : errors.front().code};
}

HandshakeFacts handshake_facts(SSL *ssl) {
  HandshakeFacts facts{.protocol = SSL_get_version(ssl),
                       .cipher = SSL_get_cipher_name(ssl),
                       .cipher_bits = SSL_get_cipher_bits(ssl, nullptr),
                       .resumed = SSL_session_reused(ssl) != 0 && !used_external_key(ssl)};
  facts.secure_renegotiation =
      SSL_version(ssl) >= TLS1_3_VERSION || SSL_get_secure_renegotiation_support(ssl) != 0;
  const X509 *certificate = SSL_get0_peer_certificate(ssl);
  if (certificate != nullptr) facts.client_subject = subject_of(certificate);
  return facts;
}

}  // namespace mod_tls::ossl
