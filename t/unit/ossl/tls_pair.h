// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/server_policy.h"
#include "fakes/memory_transport.h"
#include "ossl/context_builder.h"
#include "ossl/handshake.h"
#include "ossl/record_stream.h"
#include "ossl/session_binding.h"
#include "test_pki.h"

namespace mod_tls::test {

/// A policy with an EC certificate in `folder`, TLS engine on.
core::ServerPolicy ec_policy(const TemporaryFolder &folder);

/// A context that trusts everybody and offers `version` (TLS1_2_VERSION ...) only; 0 for all.
ossl::SslCtxPtr client_context(int version);

/// TlsPair is a server and a client on a MemoryLink.
struct TlsPair {
  /// The server side is prepared for its role; `offered` (may be null) is the session the client
  /// wants to resume.
  TlsPair(SSL_CTX *server_ctx, SSL_CTX *client_ctx, ossl::ConnectionRole role,
          const ossl::BindingId &binding, const SSL_SESSION *offered = nullptr,
          const Weather &weather = {}, std::uint32_t seed = 1);

  /// Runs both handshakes against each other, and sends what the server has to send after its own,
  /// as its first read would; false when one fails or nothing moves any more.
  bool handshake();
  /// Lets the client read what is there, tickets included; returns the plaintext.
  std::string client_reads();
  /// The session of the client now, for a later connection.
  [[nodiscard]] ossl::SslSessionPtr client_session() const;
  [[nodiscard]] bool resumed() const { return SSL_session_reused(server.ssl()) != 0; }

  core::ServerPolicy policy = {};
  MemoryLink link;
  ossl::RecordStream server;
  ossl::RecordStream client;
  ossl::HandshakeResult server_result{ossl::Step::want_read};
};

/// The sessions a client context is given, oldest first; install before the connections.
void collect_sessions(SSL_CTX *client_ctx, std::vector<ossl::SslSessionPtr> &sessions);

std::span<const std::byte> bytes_of(std::string_view text);

/// Writes all of `text` and flushes; the link must have room.
bool send_text(ossl::RecordStream &stream, std::string_view text);
/// Reads until want_read or an end; `end` (may be null) is told how it ended.
std::string read_text(ossl::RecordStream &stream, ossl::StreamStatus *end = nullptr);

}  // namespace mod_tls::test
