// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/peer_verifier.h"

#include "CppUTest/TestHarness.h"
#include "ossl/client_certificates.h"
#include "tls_pair.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

TEST_GROUP(PeerVerifier) {
  test::TemporaryFolder folder;
  ossl::BindingId binding{};
  ossl::EvpPkeyPtr ca_key = test::make_ec_key();
  ossl::X509Ptr ca = test::make_certificate(ca_key.get(), {.name = "root", .authority = true});
  core::ServerPolicy policy = test::ec_policy(folder);
  ossl::PeerVerification report;

  void setup() override {
    policy.verify_client = core::VerifyClient::on;
    policy.ca_file = folder.write("ca.pem", test::to_pem(ca.get()));
  }

  /// A client with a certificate that `issuer` has signed.
  ossl::SslCtxPtr client_of(X509 * issuer, EVP_PKEY * issuer_key, int version) {
    const test::Issuer by{issuer, issuer_key};
    const auto key = test::make_ec_key();
    const auto certificate = test::make_certificate(key.get(), {.name = "alice", .issuer = &by});
    auto ctx = test::client_context(version);
    SSL_CTX_use_certificate(ctx.get(), certificate.get());
    SSL_CTX_use_PrivateKey(ctx.get(), key.get());
    return ctx;
  }

  /// Has a client of the CA renegotiate, after `change`; whether that works out, and who it is
  /// then.
  template <class Change>
  bool renegotiates(Change change, core::PeerFacts & after) {
    auto built = ossl::build_context(policy, std::time(nullptr));
    const auto client = client_of(ca.get(), ca_key.get(), TLS1_2_VERSION);
    test::TlsPair pair(built->ctx.get(), client.get(), ossl::ConnectionRole::control, binding);
    ossl::report_verification(pair.server.ssl(), report);
    CHECK(pair.handshake());
    pair.client_reads();
    CHECK_TRUE(
        ossl::keep_identity(pair.server.ssl(), SSL_get0_peer_certificate(pair.server.ssl())));
    pair.server.guard_keys(core::ClientRenegotiation::allow);
    change(pair.client.ssl());
    report = {};
    SSL_renegotiate(pair.client.ssl());
    SSL_do_handshake(pair.client.ssl());
    for (int i = 0; i < 6; i++) {
      test::read_text(pair.server);
      pair.client_reads();
    }
    after = ossl::peer_facts(pair.server.ssl());
    test::send_text(pair.client, "x");
    const bool works = test::read_text(pair.server) == "x";
    CHECK_EQUAL(works && after.has_certificate, ossl::identity_unchanged(pair.server.ssl()));
    return works;
  }

  core::PeerFacts facts_with(SSL_CTX * client, bool succeeds) {
    auto built = ossl::build_context(policy, std::time(nullptr));
    test::TlsPair pair(built->ctx.get(), client, ossl::ConnectionRole::control, binding);
    ossl::report_verification(pair.server.ssl(), report);
    pair.handshake();
    CHECK_EQUAL(succeeds, pair.server_result.step == ossl::Step::done);
    return ossl::peer_facts(pair.server.ssl());
  }

  [[nodiscard]] bool reported(std::string_view text) const {
    for (const std::string &line : report.lines) {
      if (line.find(text) != std::string::npos) return true;
    }
    return false;
  }
};

TEST(PeerVerifier, AClientOfTheCaIsVerified) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto client = client_of(ca.get(), ca_key.get(), version);
    const core::PeerFacts facts = facts_with(client.get(), true);
    CHECK(facts.has_certificate && facts.verified && !facts.expired);
    CHECK(report.ran && report.lines.empty() && report.error == X509_V_OK);
  }
}

TEST(PeerVerifier, AClientOfAnotherCaIsRefusedAndTheReasonReported) {
  const auto key = test::make_ec_key();
  const auto other = test::make_certificate(key.get(), {.name = "other", .authority = true});
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    facts_with(client_of(other.get(), key.get(), version).get(), false);
    CHECK(reported("error: cert subject: CN = alice"));
    CHECK(reported("client certificate failed verification: unable to get local issuer"));
    CHECK(report.error != X509_V_OK);
  }
}

TEST(PeerVerifier, AClientWithoutCertificateIsNotVerified) {
  facts_with(test::client_context(0).get(), false);
  policy.verify_client = core::VerifyClient::optional;
  CHECK(!facts_with(test::client_context(0).get(), true).has_certificate);
  CHECK(!report.ran);
}

TEST(PeerVerifier, TheDepthIsExact) {
  const auto client = client_of(ca.get(), ca_key.get(), 0);
  policy.verify_depth = 0;
  facts_with(client.get(), false);
  CHECK(reported("'TLSVerifyDepth 0' allows 0"));
  LONGS_EQUAL(X509_V_ERR_CERT_CHAIN_TOO_LONG, report.error);
  policy.verify_depth = 1;
  CHECK(facts_with(client.get(), true).verified);
}

TEST(PeerVerifier, ARenegotiationVerifiesTheClientAgainAndKeepsItsCertificate) {
  core::PeerFacts after;
  CHECK(renegotiates([](SSL *) {}, after));
  CHECK(after.has_certificate && after.verified);
  CHECK(report.ran && report.lines.empty());
}

TEST(PeerVerifier, AnotherCertificateInARenegotiationIsRefused) {
  core::PeerFacts after;
  const auto other = client_of(ca.get(), ca_key.get(), TLS1_2_VERSION);
  CHECK_FALSE(renegotiates([&](SSL *client) { SSL_set_SSL_CTX(client, other.get()); }, after));
  CHECK(reported("not the certificate that the connection began with"));
  LONGS_EQUAL(X509_V_ERR_APPLICATION_VERIFICATION, report.error);
}

TEST(PeerVerifier, ARenegotiationWithoutTheCertificateIsNoticed) {
  policy.verify_client = core::VerifyClient::optional;
  core::PeerFacts after;
  const auto nobody = test::client_context(TLS1_2_VERSION);
  CHECK(renegotiates([&](SSL *client) { SSL_set_SSL_CTX(client, nobody.get()); }, after));
  CHECK_FALSE(after.has_certificate);
}

TEST(PeerVerifier, TheLargestDepthIsNoTrouble) {
  policy.verify_depth = 0xffffffff;
  CHECK(facts_with(client_of(ca.get(), ca_key.get(), 0).get(), true).verified);
}

TEST(PeerVerifier, WhereOcspIsDemandedAndNobodyCanBeAskedNobodyIsAdmitted) {
  policy.verify_order = "crl ocsp";
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    facts_with(client_of(ca.get(), ca_key.get(), version).get(), false);
    CHECK(reported("client certificate failed verification: OCSP verification failed"));
    LONGS_EQUAL(X509_V_ERR_OCSP_VERIFY_FAILED, report.error);
  }
}

TEST(PeerVerifier, WithoutAReportTheVerdictIsTheSame) {
  const auto key = test::make_ec_key();
  const auto other = test::make_certificate(key.get(), {.name = "other", .authority = true});
  const auto client = client_of(other.get(), key.get(), TLS1_2_VERSION);
  auto built = ossl::build_context(policy, std::time(nullptr));
  test::TlsPair pair(built->ctx.get(), client.get(), ossl::ConnectionRole::control, binding);
  CHECK(!pair.handshake());
}
