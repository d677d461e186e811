// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/protocol_versions.h"

#include "CppUTest/TestHarness.h"
#include "ossl/compat.h"
#include "tls_pair.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;
using core::Protocol;
using core::ProtocolSet;

namespace {

constexpr std::pair<Protocol, int> kVersions[] = {{Protocol::tlsv1, TLS1_VERSION},
                                                  {Protocol::tlsv1_1, TLS1_1_VERSION},
                                                  {Protocol::tlsv1_2, TLS1_2_VERSION},
                                                  {Protocol::tlsv1_3, TLS1_3_VERSION}};

}  // namespace

TEST_GROUP(ProtocolVersions) {
  test::TemporaryFolder folder;
  ossl::BindingId binding{};
  core::ServerPolicy policy = test::ec_policy(folder);

  std::string all(const std::vector<std::string> &lines) {
    std::string text;
    for (const std::string &line : lines) text += line + "\n";
    return text;
  }

  /// The versions that clients of a single version get.
  ProtocolSet spoken(SSL_CTX * ctx) {
    ProtocolSet set;
    for (const auto &[protocol, version] : kVersions) {
      const auto client = test::client_context(version);
      SSL_CTX_set_cipher_list(client.get(), "ALL:@SECLEVEL=0");
      test::TlsPair pair(ctx, client.get(), ossl::ConnectionRole::control, binding);
      if (pair.handshake()) set.add(protocol);
    }
    return set;
  }
};

TEST(ProtocolVersions, ExactlyWhatIsNamedIsSpokenInEveryCombination) {
  for (unsigned bits = 1; bits < 16; bits++) {
    ProtocolSet named;
    for (unsigned i = 0; i < 4; i++) {
      if ((bits & (1U << i)) != 0) named.add(kVersions[i].first);
    }
    policy.protocols = named;
    auto built = ossl::build_context(policy, std::time(nullptr));
    CHECK(built.ok());
    STRCMP_EQUAL(to_string(named).c_str(), to_string(spoken(built->ctx.get())).c_str());
    CHECK_TRUE(ossl::effective_protocols(built->ctx.get()) == named);
  }
}

TEST(ProtocolVersions, OldVersionsLowerTheLevelOfTheirContextAndSaySo) {
  policy.protocols = {Protocol::tlsv1_1, Protocol::tlsv1_2};
  auto built = ossl::build_context(policy, std::time(nullptr));
  LONGS_EQUAL(0, SSL_CTX_get_security_level(built->ctx.get()));
  STRCMP_CONTAINS("TLSProtocol offers TLSv1.1, TLSv1.2: ", all(built->notices).c_str());
}

TEST(ProtocolVersions, NewVersionsLeaveTheLevelAlone) {
  auto built = ossl::build_context(policy, std::time(nullptr));
  const ossl::SslCtxPtr fresh{SSL_CTX_new(TLS_server_method())};
  LONGS_EQUAL(SSL_CTX_get_security_level(fresh.get()),
              SSL_CTX_get_security_level(built->ctx.get()));
  CHECK(SSL_CTX_get_security_level(built->ctx.get()) >= 1);
  STRCMP_EQUAL("", all(built->notices).c_str());
}

TEST(ProtocolVersions, AllowWeakSecurityIsLevelZeroWithoutANotice) {
  policy.options = {core::Option::allow_weak_security};
  auto built = ossl::build_context(policy, std::time(nullptr));
  LONGS_EQUAL(0, SSL_CTX_get_security_level(built->ctx.get()));
  STRCMP_EQUAL("", all(built->notices).c_str());
}

TEST(ProtocolVersions, ALevelInTheCipherListWinsAndIsTold) {
  policy.protocols = {Protocol::tlsv1, Protocol::tlsv1_2};
  policy.ciphers.legacy = "DEFAULT:@SECLEVEL=2";
  auto built = ossl::build_context(policy, std::time(nullptr));
  LONGS_EQUAL(2, SSL_CTX_get_security_level(built->ctx.get()));
  STRCMP_CONTAINS("will not be spoken", all(built->notices).c_str());
}

TEST(ProtocolVersions, WhatTheLibraryLacksIsLeftOutAndTold) {
  if (ossl::kLibraryProtocols.contains(Protocol::sslv3)) return;
  policy.protocols = {Protocol::sslv3, Protocol::tlsv1_3};
  auto built = ossl::build_context(policy, std::time(nullptr));
  CHECK(built.ok());
  STRCMP_CONTAINS("Your OpenSSL installation does not support SSLv3; it is not offered",
                  all(built->notices).c_str());
  CHECK(spoken(built->ctx.get()) == ProtocolSet{Protocol::tlsv1_3});
}

TEST(ProtocolVersions, OnlyWhatTheLibraryLacksIsAnError) {
  if (ossl::kLibraryProtocols.contains(Protocol::sslv3)) return;
  policy.protocols = {Protocol::sslv3};
  auto built = ossl::build_context(policy, std::time(nullptr));
  CHECK_FALSE(built.ok());
  STRCMP_CONTAINS("TLSProtocol: Your OpenSSL installation does not support SSLv3",
                  built.error().message.c_str());
}
