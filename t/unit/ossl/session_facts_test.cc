// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/session_facts.h"

#include "CppUTest/TestHarness.h"
#include "tls_pair.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

TEST_GROUP(SessionFacts) {
  test::TemporaryFolder folder;
  ossl::BindingId binding{};
  core::ServerPolicy policy = test::ec_policy(folder);
  ossl::SslCtxPtr ctx = std::move(ossl::build_context(policy, std::time(nullptr))->ctx);

  std::string mark;  // of the last handshake

  core::SessionFacts facts_of(int version, const char *name = nullptr) {
    const auto client = test::client_context(version);
    SSL_CTX_set1_groups_list(client.get(), "X25519:P-256");  // P-256 is the certificate's
    test::TlsPair pair{ctx.get(), client.get(), ossl::ConnectionRole::control, binding};
    if (name != nullptr) SSL_set_tlsext_host_name(pair.client.ssl(), name);
    CHECK(pair.handshake());
    mark = ossl::handshake_mark(pair.server.ssl());
    return ossl::session_facts(pair.server.ssl(), true);
  }
};

TEST(SessionFacts, BothVersionsAreDescribed) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const bool tls13 = version == TLS1_3_VERSION;
    const auto facts = facts_of(version, "ftp.example");
    STRCMP_EQUAL(tls13 ? "TLSv1.3" : "TLSv1.2", facts.protocol.c_str());
    STRCMP_EQUAL(tls13 ? "TLS_AES_256_GCM_SHA384" : "ECDHE-ECDSA-AES256-GCM-SHA384",
                 facts.cipher.c_str());
    LONGS_EQUAL(256, facts.bits_used);
    LONGS_EQUAL(256, facts.bits_possible);
    STRCMP_EQUAL("x25519", facts.group.c_str());
    STRCMP_EQUAL("ftp.example", facts.server_name.c_str());
    UNSIGNED_LONGS_EQUAL(64, facts.session_id.size());
    CHECK_FALSE(facts.resumed);
    STRCMP_EQUAL("CN = localhost", facts.server->subject.c_str());
    CHECK_FALSE(facts.client.has_value());
    CHECK_TRUE(facts.client_chain.empty());
  }
}

TEST(SessionFacts, EachHandshakeHasItsMark) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    (void)facts_of(version);
    const std::string first = mark;
    CHECK_FALSE(first.empty());
    (void)facts_of(version);
    CHECK_FALSE(first == mark);
  }
}

TEST(SessionFacts, WithoutANameThereIsNone) {
  STRCMP_EQUAL("", facts_of(TLS1_3_VERSION).server_name.c_str());
}

TEST(SessionFacts, AClientWithItsChainIsDescribed) {
  SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX *) { return 1; });
  const auto root_key = test::make_ec_key();
  const auto root = test::make_certificate(root_key.get(), {.name = "root", .authority = true});
  const test::Issuer issuer{root.get(), root_key.get()};
  const auto key = test::make_ec_key();
  const auto leaf = test::make_certificate(key.get(), {.name = "alice", .issuer = &issuer});
  const auto client = test::client_context(TLS1_3_VERSION);
  SSL_CTX_use_certificate(client.get(), leaf.get());
  SSL_CTX_use_PrivateKey(client.get(), key.get());
  SSL_CTX_add1_chain_cert(client.get(), root.get());
  test::TlsPair pair{ctx.get(), client.get(), ossl::ConnectionRole::control, binding};
  CHECK(pair.handshake());
  const auto facts = ossl::session_facts(pair.server.ssl(), true);
  STRCMP_EQUAL("CN = alice", facts.client->subject.c_str());
  UNSIGNED_LONGS_EQUAL(1, facts.client_chain.size());
  STRCMP_EQUAL(test::to_pem(root.get()).c_str(), facts.client_chain.front().c_str());
}
