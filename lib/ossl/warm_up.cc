// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/warm_up.h"

#include "ossl/client_certificates.h"
#include "ossl/client_hello.h"
#include "ossl/client_ocsp.h"
#include "ossl/error_queue.h"
#include "ossl/message_trace.h"
#include "ossl/peer_verifier.h"
#include "ossl/psk.h"
#include "ossl/session_binding.h"

namespace mod_tls::ossl {

namespace {

/// Both ends of a connection in this process.
struct Pair {
  SslPtr server;
  SslPtr client;
};

/// Joins the two with a pipe in memory, each end of which its SSL owns.
bool join(const Pair &pair) {
  BIO *server_end = nullptr;
  BIO *client_end = nullptr;
  if (BIO_new_bio_pair(&server_end, 0, &client_end, 0) != 1) return false;
  SSL_set_bio(pair.server.get(), server_end, server_end);
  SSL_set_bio(pair.client.get(), client_end, client_end);
  return true;
}

bool hold_handshake(const Pair &pair) {
  constexpr int kMoreFlightsThanAnyHandshake = 10;
  for (int i = 0; i < kMoreFlightsThanAnyHandshake; i++) {
    const int client = SSL_do_handshake(pair.client.get());
    const int server = SSL_do_handshake(pair.server.get());
    if (client == 1 && server == 1) return true;
  }
  return false;
}

void send_both_ways(const Pair &pair) {
  char byte = 0;
  SSL_write(pair.server.get(), &byte, 1);
  SSL_read(pair.client.get(), &byte, 1);  // takes the tickets of TLS 1.3, too
  SSL_write(pair.client.get(), &byte, 1);
  SSL_read(pair.server.get(), &byte, 1);
}

void close_both(const Pair &pair) {
  SSL_shutdown(pair.server.get());
  SSL_shutdown(pair.client.get());
  SSL_shutdown(pair.server.get());
}

/// What sessions hang onto their connections: OpenSSL registers each kind at its first use.
struct Attachments {
  MessageListener listener = {};
  PeerVerification verification = {};
  NameHook hook = [](const HelloFacts &) { return core::ServerNameDecision{}; };

  void hang_onto(SSL *ssl) {
    listen_to(ssl, listener);
    report_verification(ssl, verification);
    set_name_hook(ssl, hook);
    (void)keep_identity(ssl, nullptr);
    (void)client_ocsp_of(ssl);
    (void)psk_lines(ssl);
  }
};

/// One connection; its session, for the next to resume.
SslSessionPtr connect(SSL_CTX *server, SSL_CTX *client, ConnectionRole role, SSL_SESSION *resume) {
  const BindingId binding{};
  Attachments attachments;
  const Pair pair{SslPtr{SSL_new(server)}, SslPtr{SSL_new(client)}};
  if (!pair.server || !pair.client || !join(pair)) return {};
  if (!prepare_connection(pair.server.get(), role, binding)) return {};
  attachments.hang_onto(pair.server.get());
  SSL_set_connect_state(pair.client.get());
  if (resume != nullptr) SSL_set_session(pair.client.get(), resume);
  if (!hold_handshake(pair)) return {};
  send_both_ways(pair);
  SslSessionPtr session{SSL_get1_session(pair.client.get())};
  close_both(pair);
  return session;
}

SslCtxPtr make_client(int version) {
  SslCtxPtr client{SSL_CTX_new(TLS_client_method())};
  if (!client) return client;
  SSL_CTX_set_verify(client.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_min_proto_version(client.get(), version);
  SSL_CTX_set_max_proto_version(client.get(), version);
  return client;
}

}  // namespace

void warm_up(SSL_CTX *server) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const SslCtxPtr client = make_client(version);
    if (!client) continue;
    const auto session = connect(server, client.get(), ConnectionRole::control, nullptr);
    if (session) connect(server, client.get(), ConnectionRole::data, session.get());
  }
  SSL_CTX_flush_sessions(server, 0);
  clear_errors();
}

}  // namespace mod_tls::ossl
