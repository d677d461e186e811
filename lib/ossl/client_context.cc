// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/client_context.h"

#include <openssl/x509v3.h>

#include "ossl/ciphers.h"
#include "ossl/crypto_device.h"
#include "ossl/error_queue.h"
#include "ossl/groups.h"
#include "ossl/own_certificates.h"
#include "ossl/peer_verifier.h"
#include "ossl/protocol_versions.h"
#include "ossl/text.h"
#include "ossl/trust_text.h"

namespace mod_tls::ossl {

namespace {

using core::Result;
using core::ServerPolicy;
using core::Status;

core::Error library_error(const std::string &what) {
  return {core::Errc::crypto, what + ": " + to_line(take_errors())};
}

Status set_parameters(SSL_CTX *ctx, const ServerPolicy &policy) {
  using Edit = core::CipherEdit;
  if (auto versions = set_protocols(ctx, policy); !versions) return std::move(versions).error();
  auto legacy = set_cipher_list(ctx, {Edit::Class::legacy, policy.ciphers.legacy});
  if (!legacy) return std::move(legacy).error();
  if (!policy.ciphers.tls13.empty()) {
    auto tls13 = set_cipher_list(ctx, {Edit::Class::tls13, policy.ciphers.tls13});
    if (!tls13) return std::move(tls13).error();
  }
  return set_groups(ctx, policy.groups_in_force());
}

void set_behaviour(SSL_CTX *ctx) {
  SSL_CTX_set_options(ctx, SSL_OP_ALL | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_clear_options(ctx, SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS | SSL_OP_LEGACY_SERVER_CONNECT);
  SSL_CTX_set_mode(ctx, SSL_MODE_AUTO_RETRY | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
}

/// The certificates that the server has, for peers that ask for one.
Status copy_identity(SSL_CTX *from, SSL_CTX *to) {
  bool copied = true;
  for_each_certificate(from, [&](X509 *certificate) {
    STACK_OF(X509) *chain = nullptr;
    SSL_CTX_get0_chain_certs(from, &chain);
    copied = copied && SSL_CTX_use_cert_and_key(to, certificate, SSL_CTX_get0_privatekey(from),
                                                chain, 1) == 1;
  });
  if (copied) return core::success();
  return library_error("unable to use the server's certificate as that of a client");
}

Status set_verification(SSL_CTX *ctx, const ServerPolicy &policy, const std::string &trust_text) {
  if (core::verify_server_mode(policy.verify_server) == core::VerifyServer::off) {
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, nullptr);
    return core::success();
  }
  auto store = make_trust_store(trust_text);
  if (!store) return std::move(store).error();
  SSL_CTX_set_cert_store(ctx, std::move(store).value().release());
  // Always against the chain that the peer has to present: no server is without a certificate.
  return install_peer_verifier(
      ctx, {.client = core::VerifyClient::optional, .depth = policy.verify_depth});
}

bool names(X509 *certificate, const std::string &host) {
  constexpr unsigned kFlags =
      X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
  return !host.empty() &&
         X509_check_host(certificate, host.data(), host.size(), kFlags, nullptr) == 1;
}

}  // namespace

Result<SslCtxPtr> build_client_context(SSL_CTX *server, const ServerPolicy &policy,
                                       const std::string &trust_text) {
  clear_errors();
  SslCtxPtr ctx = make_context(TLS_client_method(), policy.crypto_device);
  if (!ctx) return library_error("unable to make a TLS context");
  set_behaviour(ctx.get());
  if (auto status = set_parameters(ctx.get(), policy); !status) return std::move(status).error();
  if (auto status = copy_identity(server, ctx.get()); !status) return std::move(status).error();
  auto status = set_verification(ctx.get(), policy, trust_text);
  if (!status) return std::move(status).error();
  return ctx;
}

core::PeerServerFacts peer_server_facts(const SSL *ssl, const std::string &address,
                                        const std::string &host) {
  X509 *certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return {};
  const bool names_ip = X509_check_ip_asc(certificate, address.c_str(), 0) == 1;
  return {.names_address = names_ip || names(certificate, address),
          .names_host = names(certificate, host)};
}

std::string chain_failure(const SSL *ssl) {
  const long result = SSL_get_verify_result(ssl);
  if (result == X509_V_OK || SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE) return {};
  return X509_verify_cert_error_string(result);
}

std::string peer_subject(const SSL *ssl) {
  const X509 *certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return {};
  return escaped_text_of(X509_get_subject_name(certificate));
}

}  // namespace mod_tls::ossl
