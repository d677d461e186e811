// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/client_certificates.h"

#include "CppUTest/TestHarness.h"
#include "tls_pair.h"

using namespace mod_tls;

namespace {

int accept_any(int /*good*/, X509_STORE_CTX * /*store*/) {
  return 1;
}

/// A server that asks for certificates, and takes any.
struct Asking {
  test::TemporaryFolder folder;
  core::ServerPolicy policy = test::ec_policy(folder);
  ossl::SslCtxPtr ctx = std::move(ossl::build_context(policy, 0)->ctx);

  Asking() { SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_PEER, accept_any); }
};

/// A client with a certificate of its own.
ossl::SslCtxPtr client_with_certificate(int version) {
  auto ctx = test::client_context(version);
  const auto key = test::make_ec_key();
  const auto certificate = test::make_certificate(key.get());
  SSL_CTX_use_certificate(ctx.get(), certificate.get());
  SSL_CTX_use_PrivateKey(ctx.get(), key.get());
  return ctx;
}

/// Remembers who the client is.
void keep(test::TlsPair &pair) {
  SSL *ssl = pair.server.ssl();
  CHECK_TRUE(ossl::keep_identity(ssl, SSL_get0_peer_certificate(ssl)));
}

/// What the server thinks of a data connection of `data` beside a control connection of `control`.
bool agree(SSL_CTX *server, SSL_CTX *control, SSL_CTX *data) {
  const ossl::BindingId binding{};
  test::TlsPair first{server, control, ossl::ConnectionRole::control, binding};
  test::TlsPair second{server, data, ossl::ConnectionRole::data, binding};
  CHECK_TRUE(first.handshake());
  CHECK_TRUE(second.handshake());
  keep(first);
  return ossl::client_certificates_agree(first.server.ssl(), second.server.ssl());
}

}  // namespace

TEST_GROUP(ClientCertificates){};

TEST(ClientCertificates, Q71TheControlConnectionsCertificateIsAskedOfDataConnections) {
  const Asking server;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto owner = client_with_certificate(version);
    const auto other = client_with_certificate(version);
    const auto nobody = test::client_context(version);
    CHECK_TRUE(agree(server.ctx.get(), owner.get(), owner.get()));
    CHECK_FALSE(agree(server.ctx.get(), owner.get(), other.get()));
    CHECK_FALSE(agree(server.ctx.get(), owner.get(), nobody.get()));
  }
}

TEST(ClientCertificates, WhatIsKeptOutlivesTheConnectionItIsOf) {
  const Asking server;
  const auto owner = client_with_certificate(TLS1_3_VERSION);
  const ossl::BindingId binding{};
  test::TlsPair data{server.ctx.get(), owner.get(), ossl::ConnectionRole::data, binding};
  {
    test::TlsPair control{server.ctx.get(), owner.get(), ossl::ConnectionRole::control, binding};
    CHECK_TRUE(control.handshake());
    POINTERS_EQUAL(nullptr, ossl::kept_identity(control.server.ssl()));
    CHECK_FALSE(ossl::identity_unchanged(control.server.ssl()));  // nobody's yet
    keep(control);
    CHECK_TRUE(ossl::identity_unchanged(control.server.ssl()));
    for (int i = 0; i < 2; i++)
      CHECK_TRUE(ossl::keep_identity(data.server.ssl(), ossl::kept_identity(control.server.ssl())));
  }
  CHECK_FALSE(ossl::identity_unchanged(data.server.ssl()));  // has presented nothing so far
  CHECK_TRUE(data.handshake());
  CHECK_TRUE(ossl::identity_unchanged(data.server.ssl()));
}

TEST(ClientCertificates, NobodyStaysNobody) {
  const Asking server;
  const auto nobody = test::client_context(TLS1_2_VERSION);
  const ossl::BindingId binding{};
  test::TlsPair pair{server.ctx.get(), nobody.get(), ossl::ConnectionRole::control, binding};
  CHECK_TRUE(pair.handshake());
  keep(pair);
  POINTERS_EQUAL(nullptr, ossl::kept_identity(pair.server.ssl()));
  CHECK_TRUE(ossl::identity_unchanged(pair.server.ssl()));
}

TEST(ClientCertificates, WithoutOneOnTheControlConnectionNothingIsAsked) {
  const Asking server;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto owner = client_with_certificate(version);
    const auto nobody = test::client_context(version);
    CHECK_TRUE(agree(server.ctx.get(), nobody.get(), nobody.get()));
    CHECK_TRUE(agree(server.ctx.get(), nobody.get(), owner.get()));
  }
}
