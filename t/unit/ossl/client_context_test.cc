// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/client_context.h"

#include "CppUTest/TestHarness.h"
#include "ossl/trust_text.h"
#include "tls_pair.h"

using namespace mod_tls;
using test::ec_policy;
using test::TemporaryFolder;

namespace {

/// A server, and another that connects to it as TLS client; both use one certificate.
struct TwoServers {
  TemporaryFolder folder;
  core::ServerPolicy policy = ec_policy(folder);
  ossl::SslCtxPtr server = std::move(ossl::build_context(policy, 0)->ctx);

  /// The handshake with what `trust` and TLSVerifyServer `mode` say.
  bool connect(const std::string &trust, const char *mode) {
    policy.verify_server = mode;
    auto client = ossl::build_client_context(server.get(), policy, trust);
    CHECK_TRUE(client.ok());
    context = std::move(client).value();
    pair.reset();
    pair = std::make_unique<test::TlsPair>(server.get(), context.get(), ossl::ConnectionRole::data,
                                           binding);
    return pair->handshake();
  }

  ossl::BindingId binding{};
  ossl::SslCtxPtr context;
  std::unique_ptr<test::TlsPair> pair;
};

}  // namespace

TEST_GROUP(ClientContext){};

TEST(ClientContext, WithoutTrustNobodyCanBeVerified) {
  TwoServers servers;
  const auto client = ossl::build_client_context(servers.server.get(), servers.policy, "");
  CHECK_FALSE(client.ok());
  STRCMP_CONTAINS("TLSCACertificateFile", client.error().message.c_str());
}

TEST(ClientContext, WithoutVerificationAnyServerWillDo) {
  TwoServers servers;
  CHECK_TRUE(servers.connect("", "off"));
  STRCMP_EQUAL("", ossl::chain_failure(servers.pair->client.ssl()).c_str());
}

TEST(ClientContext, AServerWhoseChainIsTrustedIsAccepted) {
  TwoServers servers;
  servers.policy.ca_file = servers.policy.ec.certificate;
  const auto trust = ossl::read_trust_text(servers.policy);
  CHECK_TRUE(trust.ok());
  CHECK_TRUE(servers.connect(*trust, "on"));
  STRCMP_EQUAL("", ossl::chain_failure(servers.pair->client.ssl()).c_str());
  CHECK_FALSE(ossl::peer_subject(servers.pair->client.ssl()).empty());
}

TEST(ClientContext, AServerOfAnotherTreeIsRefusedInTheHandshake) {
  TwoServers servers;
  TwoServers others;
  others.policy.ca_file = others.policy.ec.certificate;
  const auto trust = ossl::read_trust_text(others.policy);
  CHECK_TRUE(trust.ok());
  CHECK_FALSE(servers.connect(*trust, "on"));
  CHECK_FALSE(ossl::chain_failure(servers.pair->client.ssl()).empty());
}

TEST(ClientContext, TheDepthIsTheNumberOfCasAboveTheOtherServer) {
  const auto root_key = test::make_ec_key();
  const auto root = test::make_certificate(root_key.get(), {.name = "root", .authority = true});
  const test::Issuer by_root{root.get(), root_key.get()};
  const auto middle_key = test::make_ec_key();
  const auto middle = test::make_certificate(
      middle_key.get(), {.name = "middle", .authority = true, .issuer = &by_root});
  const test::Issuer by_middle{middle.get(), middle_key.get()};
  struct Case {
    const test::Issuer *issuer;
    std::uint32_t depth;
    bool accepted;
  };
  for (const Case &c : {Case{&by_root, 0, false}, Case{&by_root, 1, true},
                        Case{&by_middle, 1, false}, Case{&by_middle, 2, true}}) {
    TwoServers servers;
    const auto key = test::make_ec_key();
    const auto own = test::make_certificate(key.get(), {.name = "peer", .issuer = c.issuer});
    SSL_CTX_use_cert_and_key(servers.server.get(), own.get(), key.get(), nullptr, 1);
    SSL_CTX_add1_chain_cert(servers.server.get(), middle.get());
    servers.policy.verify_depth = c.depth;
    CHECK_EQUAL(c.accepted, servers.connect(test::to_pem(root.get()), "on"));
    STRCMP_EQUAL(c.accepted ? "" : "certificate chain too long",
                 ossl::chain_failure(servers.pair->client.ssl()).c_str());
  }
}

TEST(ClientContext, NoSessionIsOfferedOrKept) {
  TwoServers servers;
  for (int i = 0; i < 2; i++) {
    CHECK_TRUE(servers.connect("", "off"));
    CHECK_FALSE(servers.pair->resumed());
  }
}

TEST_GROUP(TrustText){};

TEST(TrustText, AMissingFileIsAnErrorThatNamesIt) {
  core::ServerPolicy policy;
  policy.ca_file = "/nonexistent/ca.pem";
  const auto text = ossl::read_trust_text(policy);
  CHECK_FALSE(text.ok());
  STRCMP_CONTAINS("TLSCACertificateFile", text.error().message.c_str());
  STRCMP_CONTAINS("/nonexistent/ca.pem", text.error().message.c_str());
}

TEST(TrustText, OfAFolderOnlyHashedNamesCount) {
  TemporaryFolder folder;
  const auto key = test::make_ec_key();
  const std::string pem = test::to_pem(test::make_certificate(key.get()).get());
  core::ServerPolicy policy;
  for (const char *name : {"ca.pem", "0123456.0", "012345678.0", "01234567.x", "01234567."}) {
    const std::string file = folder.write(name, pem);
    policy.ca_path = file.substr(0, file.rfind('/'));
  }
  STRCMP_EQUAL("", ossl::read_trust_text(policy)->c_str());
  folder.write("01234567.0", pem);
  const auto text = ossl::read_trust_text(policy);
  CHECK_TRUE(ossl::make_trust_store(*text).ok());
}

TEST(TrustText, TheSystemsOwnIsReadOnlyWhereNothingIsConfigured) {
  core::ServerPolicy policy;
  CHECK_TRUE(ossl::uses_system_trust(policy));
  policy.ca_path = "/nonexistent";
  CHECK_FALSE(ossl::uses_system_trust(policy));
  STRCMP_EQUAL("", ossl::read_trust_text(policy)->c_str());
}

TEST(TrustText, NoiseIsNoTrust) {
  CHECK_FALSE(ossl::make_trust_store("").ok());
  CHECK_FALSE(ossl::make_trust_store(std::string(10000, 'x')).ok());
  CHECK_FALSE(ossl::make_trust_store("-----BEGIN CERTIFICATE-----\nAAAA\n").ok());
}
