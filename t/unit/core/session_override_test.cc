// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/session_override.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

namespace {

ServerPolicy plain() {
  ServerPolicy policy;
  policy.engine = true;
  policy.rsa.certificate = "/rsa.pem";
  return policy;
}

constexpr RequiredPolicy kOff{};
constexpr RequiredPolicy kOn{true, true, DataRule::required};
constexpr RequiredPolicy kAuth{true, false, DataRule::allowed};
constexpr RequiredPolicy kData{false, false, DataRule::required};

}  // namespace

TEST_GROUP(SessionOverride){};

TEST(SessionOverride, AnEqualPolicyNeedsNoOtherContext) {
  CHECK_FALSE(needs_other_context(plain(), plain()));
}

TEST(SessionOverride, WhatIsJudgedAroundHandshakesNeedsNoOtherContext) {
  ServerPolicy wanted = plain();
  wanted.required = kOn;
  wanted.log_file = "/other.log";
  wanted.handshake_timeout = std::chrono::seconds{5};
  wanted.renegotiate.required = true;
  wanted.options = {Option::allow_per_user, Option::no_session_reuse_required, Option::ignore_sni,
                    Option::use_implicit_ssl, Option::std_env_vars};
  CHECK_FALSE(needs_other_context(plain(), wanted));
}

TEST(SessionOverride, WhatHandshakesDependOnNeedsOne) {
  const auto differs = [](auto change) {
    ServerPolicy wanted = plain();
    change(wanted);
    return needs_other_context(plain(), wanted);
  };
  CHECK_TRUE(differs([](ServerPolicy &p) { p.ciphers.legacy = "AES128"; }));
  CHECK_TRUE(differs([](ServerPolicy &p) { p.ciphers.tls13 = "TLS_AES_128_GCM_SHA256"; }));
  CHECK_TRUE(differs([](ServerPolicy &p) { p.protocols = {Protocol::tlsv1_2}; }));
  CHECK_TRUE(differs([](ServerPolicy &p) { p.rsa.certificate = "/other.pem"; }));
  CHECK_TRUE(differs([](ServerPolicy &p) { p.verify_client = VerifyClient::on; }));
  CHECK_TRUE(differs([](ServerPolicy &p) { p.verify_depth = 1; }));
  CHECK_TRUE(differs([](ServerPolicy &p) { p.ca_file = "/ca.pem"; }));
  CHECK_TRUE(differs([](ServerPolicy &p) { p.alpn = false; }));
  CHECK_TRUE(differs([](ServerPolicy &p) { p.options.add(Option::allow_weak_dh); }));
  CHECK_TRUE(differs([](ServerPolicy &p) { p.options.add(Option::allow_weak_security); }));
}

TEST(SessionOverride, ASectionThatAsksForMoreRefusesByName) {
  CHECK_TRUE(refused_by_name(kOff, kOn, false));
  CHECK_TRUE(refused_by_name(kOff, kAuth, false));
  CHECK_TRUE(refused_by_name(kData, kOn, false));
}

TEST(SessionOverride, NobodyIsRefusedByNameForWhatIsThereOrAskedOfEverybody) {
  CHECK_FALSE(refused_by_name(kOff, kOn, true));
  CHECK_FALSE(refused_by_name(kOff, kData, false));
  CHECK_FALSE(refused_by_name(kOn, kOff, false));
  CHECK_FALSE(refused_by_name(kOn, kOn, false));
}
