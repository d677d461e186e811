// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "tls_pair.h"

#include <array>

#include "CppUTest/TestHarness.h"

namespace mod_tls::test {

using ossl::RecordStream;
using ossl::SslPtr;
using ossl::SslSessionPtr;
using ossl::Step;
using ossl::StreamStatus;

namespace {

constexpr int kMaxTurns = 200000;

SslPtr server_ssl(SSL_CTX *ctx, ossl::ConnectionRole role, const ossl::BindingId &binding) {
  SslPtr ssl{SSL_new(ctx)};
  CHECK_TRUE(ossl::prepare_connection(ssl.get(), role, binding));
  return ssl;
}

SslPtr client_ssl(SSL_CTX *ctx, const SSL_SESSION *offered) {
  SslPtr ssl{SSL_new(ctx)};
  SSL_set_connect_state(ssl.get());
  if (offered != nullptr) {
    // A session is marked when it is used; each connection gets its own.
    const SslSessionPtr copy{SSL_SESSION_dup(offered)};
    SSL_set_session(ssl.get(), copy.get());
  }
  return ssl;
}

int on_new_session(SSL *ssl, SSL_SESSION *session) {
  auto *sessions =
      static_cast<std::vector<SslSessionPtr> *>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  sessions->emplace_back(SSL_SESSION_dup(session));
  return 0;
}

}  // namespace

core::ServerPolicy ec_policy(const TemporaryFolder &folder) {
  const auto key = make_ec_key();
  const auto certificate = make_certificate(key.get());
  core::ServerPolicy policy;
  policy.engine = true;
  policy.ec.certificate = folder.write("ec.crt", to_pem(certificate.get()));
  policy.ec.key = folder.write("ec.key", to_pem(key.get()));
  return policy;
}

ossl::SslCtxPtr client_context(int version) {
  ossl::SslCtxPtr ctx{SSL_CTX_new(TLS_client_method())};
  SSL_CTX_set_security_level(ctx.get(), 0);
  SSL_CTX_set_min_proto_version(ctx.get(), version);
  SSL_CTX_set_max_proto_version(ctx.get(), version);
  SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_NONE, nullptr);
  return ctx;
}

TlsPair::TlsPair(SSL_CTX *server_ctx, SSL_CTX *client_ctx, ossl::ConnectionRole role,
                 const ossl::BindingId &binding, const SSL_SESSION *offered, const Weather &weather,
                 std::uint32_t seed)
    : link(weather, seed),
      server(server_ssl(server_ctx, role, binding), link.server),
      client(client_ssl(client_ctx, offered), link.client) {}

bool TlsPair::handshake() {
  bool client_done = false;
  for (int turn = 0; turn < kMaxTurns; turn++) {
    if (server_result.step != Step::done) {
      server_result = ossl::handshake_step(server.ssl(), policy);
      if (server_result.step == Step::failed) return false;
      if (server_result.step == Step::other_server) return false;
    }
    if (!client_done) {
      client_done = SSL_do_handshake(client.ssl()) == 1;
      const int kind = client_done ? SSL_ERROR_NONE : SSL_get_error(client.ssl(), -1);
      if (kind == SSL_ERROR_SSL) return false;
    }
    const bool told =
        server_result.step == Step::done && server.flush().status == ossl::StreamStatus::ok;
    if (client_done && told) return true;
    if (client_done) client_reads();  // tickets, when the link holds few bytes
  }
  return false;
}

std::string TlsPair::client_reads() {
  return read_text(client);
}

SslSessionPtr TlsPair::client_session() const {
  return SslSessionPtr{SSL_get1_session(client.ssl())};
}

void collect_sessions(SSL_CTX *client_ctx, std::vector<SslSessionPtr> &sessions) {
  SSL_CTX_set_app_data(client_ctx, &sessions);
  SSL_CTX_set_session_cache_mode(client_ctx,
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_sess_set_new_cb(client_ctx, on_new_session);
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text});
}

bool send_text(RecordStream &stream, std::string_view text) {
  return stream.write(bytes_of(text)).bytes == text.size() &&
         stream.flush().status == StreamStatus::ok;
}

std::string read_text(RecordStream &stream, StreamStatus *end) {
  std::string text;
  std::array<char, 20000> chunk{};
  for (;;) {
    const auto result = stream.read(std::as_writable_bytes(std::span{chunk}));
    if (result.status == StreamStatus::ok) {
      text.append(chunk.data(), result.bytes);
      continue;
    }
    if (end != nullptr) *end = result.status;
    return text;
  }
}

}  // namespace mod_tls::test
