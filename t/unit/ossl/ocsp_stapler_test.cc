// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/ocsp_stapler.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "CppUTest/TestHarness.h"
#include "tls_pair.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

const Bytes kTryLater = {0x30, 0x03, 0x0a, 0x01, 0x03};

/// One response, for every certificate or none.
class OneStaple final : public core::StapleSource {
 public:
  std::optional<Bytes> response = {};

  [[nodiscard]] std::optional<Bytes> find(const core::Fingerprint & /*certificate*/,
                                          core::UnixTime /*now*/) const override {
    return response;
  }
};

void add_tls_feature(X509 *certificate, const char *value) {
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_tlsfeature, value);
  CHECK_TRUE(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

TEST_GROUP(OcspStapler) {
  test::TemporaryFolder folder;
  ossl::BindingId binding{};
  OneStaple source;
  std::vector<ossl::SslSessionPtr> sessions;

  /// What the client is given; empty for nothing.
  Bytes stapled(int version, bool fake, const SSL_SESSION *offered = nullptr) {
    const core::ServerPolicy policy = test::ec_policy(folder);
    const auto ctx = std::move(ossl::build_context(policy, std::time(nullptr))->ctx);
    ossl::OcspStapler stapler(source, fake);
    stapler.install(ctx.get());
    return stapled_by(ctx.get(), version, offered);
  }

  Bytes stapled_by(SSL_CTX * ctx, int version, const SSL_SESSION *offered) {
    const auto client = test::client_context(version);
    test::collect_sessions(client.get(), sessions);
    SSL_CTX_set_tlsext_status_type(client.get(), TLSEXT_STATUSTYPE_ocsp);
    test::TlsPair pair(ctx, client.get(), ossl::ConnectionRole::control, binding, offered);
    CHECK_TRUE(pair.handshake());
    pair.client_reads();
    CHECK_EQUAL(offered != nullptr, pair.resumed());
    const unsigned char *response = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(pair.client.ssl(), &response);
    return size > 0 ? Bytes(response, response + size) : Bytes();
  }
};

TEST(OcspStapler, TheResponseIsStapledInBothVersions) {
  source.response = Bytes{1, 2, 3};
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CHECK_TRUE(stapled(version, true) == *source.response);
  }
}

TEST(OcspStapler, WithoutOneTheClientIsToldToTryLater) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CHECK_TRUE(stapled(version, true) == kTryLater);
  }
}

TEST(OcspStapler, WithoutOneNothingIsStapledIfSoWished) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CHECK_TRUE(stapled(version, false).empty());
  }
}

TEST(OcspStapler, NothingIsStapledOnResumption) {
  const core::ServerPolicy policy = test::ec_policy(folder);
  const auto ctx = std::move(ossl::build_context(policy, std::time(nullptr))->ctx);
  ossl::OcspStapler stapler(source, true);
  stapler.install(ctx.get());
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    sessions.clear();
    CHECK_TRUE(stapled_by(ctx.get(), version, nullptr) == kTryLater);
    CHECK_FALSE(sessions.empty());
    const ossl::SslSessionPtr offered = std::move(sessions.back());
    CHECK_TRUE(stapled_by(ctx.get(), version, offered.get()).empty());
  }
}

TEST(OcspStapler, TestQ27MustStapleIsReadFromAnyFeatureOfTheExtension) {
  const auto key = test::make_ec_key();
  const auto plain = test::make_certificate(key.get());
  CHECK_FALSE(ossl::must_staple(plain.get()));
  for (const char *value : {"status_request", "status_request_v2", "10,status_request", "17"}) {
    const auto certificate = test::make_certificate(key.get());
    add_tls_feature(certificate.get(), value);
    CHECK_TRUE_TEXT(ossl::must_staple(certificate.get()), value);
  }
  const auto other = test::make_certificate(key.get());
  add_tls_feature(other.get(), "10");
  CHECK_FALSE(ossl::must_staple(other.get()));
}

TEST(OcspStapler, CertificatesAreToldApartByTheirFingerprints) {
  const auto key = test::make_ec_key();
  const auto one = test::make_certificate(key.get());
  const auto two = test::make_certificate(key.get(), {.name = "other"});
  CHECK_TRUE(ossl::fingerprint_of(one.get()) == ossl::fingerprint_of(one.get()));
  CHECK_FALSE(ossl::fingerprint_of(one.get()) == ossl::fingerprint_of(two.get()));
}
