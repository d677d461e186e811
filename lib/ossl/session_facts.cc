// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/session_facts.h"

#include <openssl/objects.h>

#include <algorithm>
#include <array>
#include <span>

#include "core/ascii.h"
#include "ossl/certificate_facts.h"
#include "ossl/session_binding.h"

namespace mod_tls::ossl {

namespace {

std::string hex(std::span<const unsigned char> bytes) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

/// Where a ticket takes the place of an id, a digest of what ties the session together names it.
std::string id_of_ticket(const SSL *ssl) {
  const auto binding = carried_binding(ssl);
  if (binding.empty()) return {};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  std::size_t size = 0;
  if (EVP_Q_digest(nullptr, "SHA256", nullptr, binding.data(), binding.size(), digest.data(),
                   &size) != 1) {
    return {};
  }
  return hex(std::span{digest}.first(size));
}

std::string session_id(const SSL *ssl) {
  const SSL_SESSION *session = SSL_get_session(ssl);
  if (session == nullptr) return {};
  unsigned int size = 0;
  const unsigned char *id = SSL_SESSION_get_id(session, &size);
  return size > 0 ? hex({id, size}) : id_of_ticket(ssl);
}

std::string group_of(SSL *ssl) {
  const int nid = static_cast<int>(SSL_get_negotiated_group(ssl));
  if (nid == NID_undef) return {};
  const char *name = SSL_group_to_name(ssl, nid);
  return name == nullptr ? std::string{} : name;
}

std::string server_name(const SSL *ssl) {
  const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? std::string{} : core::printable(name);
}

void add_certificates(SSL *ssl, core::SessionFacts &facts) {
  if (const X509 *server = SSL_get_certificate(ssl)) facts.server = certificate_facts(server);
  const STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; i < sk_X509_num(chain); i++) {
    facts.client_chain.push_back(certificate_pem(sk_X509_value(chain, i)));
  }
}

}  // namespace

core::SessionFacts session_facts(SSL *ssl, bool with_certificates) {
  core::SessionFacts facts{.protocol = SSL_get_version(ssl),
                           .session_id = session_id(ssl),
                           .cipher = SSL_get_cipher_name(ssl),
                           .group = group_of(ssl),
                           .resumed = SSL_session_reused(ssl) != 0,
                           .server_name = server_name(ssl),
                           .library = OpenSSL_version(OPENSSL_VERSION)};
  facts.bits_used = SSL_get_cipher_bits(ssl, &facts.bits_possible);
  if (const X509 *client = SSL_get0_peer_certificate(ssl)) {
    facts.client = certificate_facts(client);
  }
  if (with_certificates) add_certificates(ssl, facts);
  return facts;
}

std::string handshake_mark(const SSL *ssl) {
  std::array<char, EVP_MAX_MD_SIZE> finished{};
  const std::size_t size = SSL_get_peer_finished(ssl, finished.data(), finished.size());
  return {finished.data(), std::min(size, finished.size())};
}

}  // namespace mod_tls::ossl
