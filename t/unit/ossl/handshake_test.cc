// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/handshake.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <cerrno>
#include <utility>

#include "CppUTest/TestHarness.h"
#include "tls_pair.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;
using ossl::ConnectionRole;
using ossl::Step;

namespace {

constexpr char kHint[] =
    "unable to accept TLS connection: usually this indicates an FTP-aware router, NAT, or "
    "firewall interfering with the TLS handshake; turn its FTP inspection (ALG) off for this port; "
    "port scans, health checks, and clients for explicit TLS on an implicit port look the same";
constexpr char kLost[] =
    "|unable to accept TLS connection: the connection broke off during the handshake; see what is "
    "in between, and the client's own message: clients that reject a certificate may leave like "
    "this";

}  // namespace

TEST_GROUP(Handshake) {
  test::TemporaryFolder folder;
  ossl::BindingId binding{};
  core::ServerPolicy policy = test::ec_policy(folder);
  ossl::SslCtxPtr ctx;
  ossl::SslCtxPtr client;

  void prepare(int version = 0) {
    ctx = std::move(ossl::build_context(policy, std::time(nullptr))->ctx);
    client = test::client_context(version);
  }

  test::TlsPair pair() {
    return {ctx.get(), client.get(), ConnectionRole::control, binding};
  }

  /// The lines of a handshake that must fail, separated by "|".
  std::string failure(test::TlsPair & p) {
    p.policy = policy;
    CHECK_FALSE(p.handshake());
    // The client may have failed first; the server hears of it.
    if (p.server_result.step != Step::failed) {
      p.server_result = ossl::handshake_step(p.server.ssl(), policy);
    }
    CHECK(p.server_result.step == Step::failed);
    std::string text;
    for (const std::string &line : p.server_result.failure) {
      text += (text.empty() ? "" : "|") + line;
    }
    return text;
  }
};

TEST(Handshake, FactsOfAFinishedHandshakeAreKnown) {
  prepare(TLS1_3_VERSION);
  auto p = pair();
  CHECK(p.handshake());
  const auto facts = ossl::handshake_facts(p.server.ssl());
  STRCMP_EQUAL("TLSv1.3", facts.protocol.c_str());
  STRCMP_EQUAL("TLS_AES_256_GCM_SHA384", facts.cipher.c_str());
  LONGS_EQUAL(256, facts.cipher_bits);
  CHECK_FALSE(facts.resumed);
  CHECK(facts.secure_renegotiation);
  STRCMP_EQUAL("", facts.client_subject.c_str());
}

TEST(Handshake, FactsOfTls12AreKnownToo) {
  prepare(TLS1_2_VERSION);
  auto p = pair();
  CHECK(p.handshake());
  const auto facts = ossl::handshake_facts(p.server.ssl());
  STRCMP_EQUAL("TLSv1.2", facts.protocol.c_str());
  STRCMP_EQUAL("ECDHE-ECDSA-AES256-GCM-SHA384", facts.cipher.c_str());
  CHECK(facts.secure_renegotiation);
}

TEST(Handshake, TheSubjectOfAClientCertificateIsKnown) {
  prepare();
  SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX *) { return 1; });
  const auto key = test::make_ec_key();
  const auto certificate = test::make_certificate(key.get(), {.name = "alice"});
  SSL_CTX_use_certificate(client.get(), certificate.get());
  SSL_CTX_use_PrivateKey(client.get(), key.get());
  auto p = pair();
  CHECK(p.handshake());
  STRCMP_EQUAL("CN = alice", ossl::handshake_facts(p.server.ssl()).client_subject.c_str());
}

TEST(Handshake, ItStepsWithoutWaiting) {
  prepare();
  auto p = pair();
  CHECK(ossl::handshake_step(p.server.ssl(), policy).step == Step::want_read);
}

TEST(Handshake, AFullTransportIsWaitedFor) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    prepare(version);
    test::TlsPair p{ctx.get(), client.get(), ConnectionRole::control,
                    binding,   nullptr,      {.in_flight = 100}};
    bool wanted_write = false;
    for (int i = 0; i < 1000 && p.server_result.step != Step::done; i++) {
      p.server_result = ossl::handshake_step(p.server.ssl(), policy);
      CHECK(p.server_result.step != Step::failed);
      wanted_write = wanted_write || p.server_result.step == Step::want_write;
      if (SSL_do_handshake(p.client.ssl()) == 1) p.client_reads();
    }
    CHECK(p.server_result.step == Step::done);
    CHECK(wanted_write);
  }
}

TEST(Handshake, AFlightLeavesInOneWrite) {
  prepare(TLS1_3_VERSION);
  auto p = pair();
  SSL_do_handshake(p.client.ssl());
  CHECK(ossl::handshake_step(p.server.ssl(), policy).step == Step::want_read);
  UNSIGNED_LONGS_EQUAL(1, p.link.to_client.writes);
}

TEST(Handshake, AnEarlyEndHintsAtMiddleboxes) {
  prepare();
  for (const std::size_t length : {std::size_t{0}, std::size_t{5}, std::size_t{60}}) {
    auto p = pair();
    p.link.to_server.cut_after = length;
    STRCMP_EQUAL(
        (std::string("unable to accept TLS connection: received EOF that violates protocol|") +
         kHint)
            .c_str(),
        failure(p).c_str());
    UNSIGNED_LONGS_EQUAL(0, p.server_result.library_code);
  }
}

TEST(Handshake, ABrokenConnectionIsASystemCallError) {
  prepare();
  auto p = pair();
  p.link.to_server.read_error = ECONNRESET;
  STRCMP_EQUAL(
      (std::string(
           "unable to accept TLS connection: system call error: [104] Connection reset by peer") +
       kLost)
          .c_str(),
      failure(p).c_str());
}

TEST(Handshake, ABrokenConnectionInTheAnswerIsASystemCallError) {
  prepare();
  auto p = pair();
  p.link.to_client.write_error = EPIPE;
  STRCMP_EQUAL(
      (std::string("unable to accept TLS connection: system call error: [32] Broken pipe") + kLost)
          .c_str(),
      failure(p).c_str());
}

TEST(Handshake, NoSharedCipherNamesTheList) {
  policy.ciphers.legacy = "ECDHE-ECDSA-AES256-GCM-SHA384";
  prepare(TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(client.get(), "ECDHE-ECDSA-AES128-GCM-SHA256");
  auto p = pair();
  STRCMP_EQUAL(
      "unable to accept TLS connection: protocol error: \n"
      "  (1) error:0A0000C1:SSL routines::no shared cipher|"
      "unable to accept TLS connection: client does not support any cipher from 'TLSCipherSuite "
      "ECDHE-ECDSA-AES256-GCM-SHA384:!EXPORT' (see `openssl ciphers "
      "ECDHE-ECDSA-AES256-GCM-SHA384:!EXPORT` for full list); update the client, or add one of its "
      "ciphers to TLSCipherSuite",
      failure(p).c_str());
  LONGS_EQUAL(SSL_R_NO_SHARED_CIPHER, ERR_GET_REASON(p.server_result.library_code));
}

TEST(Handshake, NoSharedCipherNamesBothListsIfThereAreTwo) {
  policy.ciphers = {"ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_AES_256_GCM_SHA384"};
  prepare(TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(client.get(), "ECDHE-ECDSA-AES128-GCM-SHA256");
  auto p = pair();
  STRCMP_CONTAINS(
      "from 'TLSCipherSuite ECDHE-ECDSA-AES256-GCM-SHA384:!EXPORT' or "
      "'TLSCipherSuite TLSv1.3 TLS_AES_256_GCM_SHA384' (see `openssl ciphers` for "
      "full list)",
      failure(p).c_str());
}

TEST(Handshake, ADisabledVersionIsNamed) {
  struct Case {
    core::Protocol allowed;
    int asked;
    const char *name;
  };
  const Case cases[] = {{core::Protocol::tlsv1_3, TLS1_2_VERSION, "TLSv1.2"},
                        {core::Protocol::tlsv1_2, TLS1_3_VERSION, "TLSv1.3"},
                        {core::Protocol::tlsv1_2, TLS1_1_VERSION, "TLSv1.1"},
                        {core::Protocol::tlsv1_3, TLS1_VERSION, "TLSv1"}};
  for (const Case &c : cases) {
    policy.protocols = {c.allowed};
    prepare(c.asked);
    SSL_CTX_set_cipher_list(client.get(), "ALL:@SECLEVEL=0");
    auto p = pair();
    STRCMP_CONTAINS((std::string("|unable to accept TLS connection: perhaps client requested "
                                 "disabled TLS protocol version: ") +
                     c.name)
                        .c_str(),
                    failure(p).c_str());
  }
}

TEST(Handshake, PlainTextIsRecognised) {
  prepare();
  const std::pair<std::string_view, const char *> cases[] = {
      {"USER alice\r\nPASS secret\r\n",
       "unable to accept TLS connection: perhaps client sent plain text instead of starting TLS; "},
      {"GET / HTTP/1.0\r\n\r\n",
       "unable to accept TLS connection: client sent an HTTP request instead of starting TLS; "}};
  for (const auto &[sent, expected] : cases) {
    auto p = pair();
    p.link.client.write(test::bytes_of(sent));
    p.server_result = ossl::handshake_step(p.server.ssl(), policy);
    UNSIGNED_LONGS_EQUAL(2, p.server_result.failure.size());
    STRCMP_CONTAINS("unable to accept TLS connection: protocol error: \n  (1) error:",
                    p.server_result.failure.front().c_str());
    STRCMP_CONTAINS(expected, p.server_result.failure.back().c_str());
  }
}

TEST(Handshake, AClientThatRejectsTheCertificateIsUnderstood) {
  prepare();
  SSL_CTX_set_verify(client.get(), SSL_VERIFY_PEER, nullptr);
  auto p = pair();
  const std::string text = failure(p);
  STRCMP_CONTAINS("alert unknown ca", text.c_str());
  STRCMP_CONTAINS(
      "perhaps client does not trust the server's certificate: it does not know the issuer; send",
      text.c_str());
}

TEST(Handshake, AFailureIsToldTheClientWithoutTheConfiguration) {
  policy.ciphers.legacy = "ECDHE-ECDSA-AES256-GCM-SHA384";
  prepare(TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(client.get(), "ECDHE-ECDSA-AES128-GCM-SHA256");
  auto p = pair();
  failure(p);
  STRCMP_EQUAL("no cipher in common: the server allows none of those that the client offers",
               p.server_result.told.c_str());
}

TEST(Handshake, ACertificateOfTheWrongTypeIsNamed) {
  prepare(TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(client.get(), "ECDHE-RSA-AES128-GCM-SHA256");
  auto p = pair();
  STRCMP_CONTAINS(
      "|unable to accept TLS connection: ciphers in common need a certificate of type RSA, but "
      "there is only EC; configure",
      failure(p).c_str());
}

TEST(Handshake, WeakCiphersAreCalledWeak) {
  prepare(TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(client.get(), "NULL-SHA256:ADH-AES256-GCM-SHA384:@SECLEVEL=0");
  auto p = pair();
  STRCMP_CONTAINS(", only weak ones (NULL-SHA256, ADH-AES256-GCM-SHA384)", failure(p).c_str());
}

TEST(Handshake, NoGroupInCommonIsNamed) {
  policy.groups = "P-384";
  prepare(TLS1_3_VERSION);
  SSL_CTX_set1_groups_list(client.get(), "P-256");
  auto p = pair();
  STRCMP_CONTAINS("client and server have no group (curve) for the key exchange in common",
                  failure(p).c_str());
}

TEST(Handshake, ANeedlessFallbackIsNamed) {
  prepare(TLS1_2_VERSION);
  SSL_CTX_set_mode(client.get(), SSL_MODE_SEND_FALLBACK_SCSV);
  auto p = pair();
  STRCMP_CONTAINS("client fell back to TLSv1.2 although both sides can do better",
                  failure(p).c_str());
}

TEST(Handshake, AMissingClientCertificateIsNamed) {
  prepare(TLS1_2_VERSION);
  SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  auto p = pair();
  STRCMP_CONTAINS(
      "client did not provide certificate, but one is required via 'TLSVerifyClient on'; give",
      failure(p).c_str());
}

TEST(Handshake, AClientCertificateThatDoesNotVerifyIsNamedWithTheReason) {
  prepare(TLS1_2_VERSION);
  SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_PEER, nullptr);
  const auto key = test::make_ec_key();
  const auto certificate = test::make_certificate(key.get(), {.name = "alice"});
  SSL_CTX_use_certificate(client.get(), certificate.get());
  SSL_CTX_use_PrivateKey(client.get(), key.get());
  auto p = pair();
  STRCMP_CONTAINS("client certificate is not accepted: self-signed certificate; its issuer",
                  failure(p).c_str());
}

TEST(Handshake, GarbageNeverDoesMoreThanFail) {
  prepare();
  std::mt19937 random{7};
  for (int i = 0; i < 2000; i++) {
    auto p = pair();
    SSL_do_handshake(p.client.ssl());
    const auto hello = p.link.to_server.in_flight();
    for (unsigned n = 1 + random() % 4; n > 0; n--) {
      hello[random() % hello.size()] = static_cast<std::byte>(random());
    }
    p.link.to_server.closed = true;
    for (int turn = 0; turn < 5 && p.server_result.step != Step::failed; turn++) {
      p.server_result = ossl::handshake_step(p.server.ssl(), policy);
      CHECK(p.server_result.step != Step::done);
    }
    CHECK(p.server_result.step == Step::failed);
    CHECK_FALSE(p.server_result.failure.empty());
  }
}
