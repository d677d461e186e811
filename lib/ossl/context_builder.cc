// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/context_builder.h"

#include <algorithm>
#include <array>
#include <span>

#include "core/key_uri.h"
#include "core/policy_builder.h"
#include "ossl/alpn.h"
#include "ossl/ciphers.h"
#include "ossl/client_hello.h"
#include "ossl/crypto_device.h"
#include "ossl/error_queue.h"
#include "ossl/groups.h"
#include "ossl/peer_verifier.h"
#include "ossl/protocol_versions.h"
#include "ossl/psk.h"
#include "ossl/server_identity.h"
#include "ossl/server_info.h"
#include "ossl/session_binding.h"
#include "ossl/trust_store.h"

namespace mod_tls::ossl {

namespace {

using core::Result;
using core::ServerPolicy;
using Notices = std::vector<std::string>;

/// Each session process keeps the sessions of one control connection.
constexpr long kCacheSize = 64;
/// Tickets of a control handshake with TLS 1.3.
constexpr std::size_t kTickets = 2;

core::Error library_error(const std::string &what) {
  return {core::Errc::crypto, what + ": " + to_line(take_errors())};
}

Result<Notices> set_versions(SSL_CTX *ctx, const ServerPolicy &policy, std::time_t) {
  return set_protocols(ctx, policy);
}

Result<Notices> set_ciphers(SSL_CTX *ctx, const ServerPolicy &policy, std::time_t) {
  using Edit = core::CipherEdit;
  auto legacy = set_cipher_list(ctx, {Edit::Class::legacy, policy.ciphers.legacy});
  if (!legacy) return core::Error{legacy.error().code, "TLSCipherSuite: " + legacy.error().message};
  if (policy.ciphers.tls13.empty()) return level_notices(ctx, policy);
  auto tls13 = set_cipher_list(ctx, {Edit::Class::tls13, policy.ciphers.tls13});
  if (!tls13) return core::Error{tls13.error().code, "TLSCipherSuite: " + tls13.error().message};
  return level_notices(ctx, policy);
}

Result<Notices> set_key_exchange(SSL_CTX *ctx, const ServerPolicy &policy, std::time_t) {
  const std::string &groups = policy.groups_in_force();
  auto status = set_groups(ctx, groups);
  if (!status) return std::move(status).error();
  if (groups.empty()) return Notices{};
  return core::group_notices(groups, known_groups(), effective_protocols(ctx));
}

Result<Notices> set_extensions(SSL_CTX *ctx, const ServerPolicy &policy, std::time_t) {
  if (policy.server_info_file.empty() || !policy.has_credentials()) return Notices{};
  return set_server_info(ctx, policy.server_info_file);
}

Result<Notices> set_keys(SSL_CTX *ctx, const ServerPolicy &policy, std::time_t) {
  return set_pre_shared_keys(ctx, policy);
}

Result<Notices> set_behaviour(SSL_CTX *ctx, const ServerPolicy &policy, std::time_t) {
  // All workarounds, but the empty fragments against BEAST stay.
  SSL_CTX_set_options(ctx, SSL_OP_ALL);
  SSL_CTX_clear_options(
      ctx, SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS | SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
  SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                               SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION);
  if (policy.server_chooses_cipher) SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Chains are complete before the first handshake.
  SSL_CTX_set_mode(ctx, SSL_MODE_AUTO_RETRY | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  return Notices{};
}

/// Clients are verified against what the context has in memory: sessions need no file.
Result<Notices> set_verification(SSL_CTX *ctx, const ServerPolicy &policy, std::time_t now) {
  if (!policy.verifies_clients()) return Notices{};
  auto notices = set_trust(ctx, policy, now);
  if (!notices) return notices;
  if (auto status = install_peer_verifier(ctx, core::verify_rules(policy)); !status) {
    return std::move(status).error();
  }
  return notices;
}

/// Sessions are good only where everything that identifies and admits is the same. The server's
/// certificates are not part of it, so that sessions outlive their renewal; the CAs and CRLs are,
/// so that a client is verified anew when they change.
Result<Notices> set_session_context(SSL_CTX *ctx, const ServerPolicy &policy) {
  const std::string text =
      core::session_identity(policy) + trust_digest(SSL_CTX_get_cert_store(ctx));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  std::size_t size = 0;
  clear_errors();
  if (EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(), digest.data(), &size) !=
          1 ||
      SSL_CTX_set_session_id_context(ctx, digest.data(), static_cast<unsigned>(size)) != 1) {
    return library_error("unable to set the session context");
  }
  return Notices{};
}

Result<Notices> set_sessions(SSL_CTX *ctx, const ServerPolicy &policy, std::time_t) {
  const bool off = policy.session_cache.kind == core::SessionCachePolicy::Kind::off;
  SSL_CTX_set_session_cache_mode(ctx, off ? SSL_SESS_CACHE_OFF : SSL_SESS_CACHE_SERVER);
  SSL_CTX_sess_set_cache_size(ctx, kCacheSize);
  SSL_CTX_set_timeout(ctx, static_cast<long>(policy.session_cache.timeout.count()));
  SSL_CTX_set_num_tickets(ctx, kTickets);
  return set_session_context(ctx, policy);
}

Result<Notices> set_callbacks(SSL_CTX *ctx, const ServerPolicy &policy, std::time_t) {
  install_client_hello(ctx, policy.session_tickets ? Tickets::all : Tickets::tls13_only);
  install_ticket_callbacks(ctx);
  if (policy.alpn) install_alpn(ctx);
  return Notices{};
}

using BuildStep = Result<Notices> (*)(SSL_CTX *, const ServerPolicy &, std::time_t);

/// In this order: the security level of the first two decides on what set_identity() may load,
/// which comes between the two lists.
constexpr BuildStep kFirstSteps[] = {set_versions, set_ciphers, set_key_exchange, set_behaviour};
constexpr BuildStep kLastSteps[] = {set_extensions, set_keys, set_verification, set_sessions,
                                    set_callbacks};

Result<Notices> take_steps(SSL_CTX *ctx, const ServerPolicy &policy, std::time_t now,
                           std::span<const BuildStep> steps) {
  Notices all;
  for (const BuildStep step : steps) {
    auto notices = step(ctx, policy, now);
    if (!notices) return notices;
    std::ranges::move(*notices, std::back_inserter(all));
  }
  return all;
}

std::string chain_line(SSL_CTX *ctx, const ServerPolicy &policy) {
  STACK_OF(X509) *chain = nullptr;
  SSL_CTX_get0_chain_certs(ctx, &chain);
  return "added " + std::to_string(std::max(sk_X509_num(chain), 0)) + " certs from '" +
         policy.chain_file + "' to SSL_CTX certificate chain";
}

void add_new(const std::string &file, std::vector<std::string> &files) {
  if (!file.empty() && std::ranges::find(files, file) == files.end()) files.push_back(file);
}

}  // namespace

Result<BuiltContext> build_context(const ServerPolicy &policy, std::time_t now,
                                   const PassPhrases &phrases) {
  const DeviceReport device = load_device(policy.crypto_device);
  clear_errors();
  BuiltContext built{make_context(TLS_server_method(), policy.crypto_device)};
  if (!device.text.empty()) built.log_lines.push_back(device.text);
  if (!device.available) built.notices.push_back(device.text);
  SSL_CTX *ctx = built.ctx.get();
  if (ctx == nullptr) return library_error("unable to make a TLS context");
  const auto parts = {+[](SSL_CTX *c, const ServerPolicy &p, std::time_t t, const PassPhrases &) {
                        return take_steps(c, p, t, kFirstSteps);
                      },
                      &set_identity,
                      +[](SSL_CTX *c, const ServerPolicy &p, std::time_t t, const PassPhrases &) {
                        return take_steps(c, p, t, kLastSteps);
                      }};
  for (const auto &part : parts) {
    auto notices = part(ctx, policy, now, phrases);
    if (!notices) return std::move(notices).error();
    std::ranges::move(*notices, std::back_inserter(built.notices));
  }
  if (!policy.chain_file.empty()) built.log_lines.push_back(chain_line(ctx, policy));
  return built;
}

Result<BuiltContext> build_context(const ServerPolicy &policy, std::time_t now) {
  return build_context(policy, now, PassPhrases{});
}

std::vector<std::string> watched_files(const ServerPolicy &policy) {
  std::vector<std::string> files;
  for (const auto &[kind, credential] : core::configured_credentials(policy)) {
    add_new(credential.certificate, files);
    const bool on_disk = !core::is_key_uri(credential.key);
    add_new(on_disk ? credential.key : core::file_of_uri(credential.key), files);
  }
  for (const std::string *file :
       {&policy.chain_file, &policy.ca_file, &policy.ca_path, &policy.server_info_file}) {
    add_new(*file, files);
  }
  for (const std::string &file : policy.dh_files) add_new(file, files);
  for (const core::PskFile &key : policy.pre_shared_keys) add_new(key.path, files);
  for (const std::string &file : trust_files(policy)) add_new(file, files);
  return files;
}

}  // namespace mod_tls::ossl
