// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/policy_builder.h"

#include "config_line.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;
using mod_tls::test::edit_of;

namespace {

struct Line {
  const char *text = nullptr;
  Origin origin = Origin::own;
};

constexpr Origin kGlobalLine = Origin::global;

ServerPolicy policy_of(std::initializer_list<Line> lines) {
  std::vector<PolicyEdit> edits;
  for (const Line &line : lines) edits.push_back(edit_of(line.text, line.origin));
  return build_policy(edits);
}

}  // namespace

TEST_GROUP(PolicyBuilder){};

TEST(PolicyBuilder, WithoutDirectivesTheDefaultsHold) {
  CHECK_TRUE(build_policy({}) == ServerPolicy{});
}

TEST(PolicyBuilder, EveryDirectiveReachesItsMember) {
  const ServerPolicy policy = policy_of({{"TLSEngine on"},
                                         {"TLSLog /log"},
                                         {"TLSProtocol TLSv1.3"},
                                         {"TLSCipherSuite HIGH"},
                                         {"TLSCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256"},
                                         {"TLSRSACertificateFile /rsa"},
                                         {"TLSRSACertificateKeyFile /rsa.key"},
                                         {"TLSECCertificateFile /ec"},
                                         {"TLSECCertificateKeyFile /ec.key"},
                                         {"TLSDSACertificateFile /dsa"},
                                         {"TLSDSACertificateKeyFile /dsa.key"},
                                         {"TLSCertificateFile /any"},
                                         {"TLSCertificateKeyFile /any.key"},
                                         {"TLSPKCS12File /p12"},
                                         {"TLSPassPhraseProvider /provider"},
                                         {"TLSCertificateChainFile /chain"},
                                         {"TLSCACertificateFile /ca"},
                                         {"TLSCACertificatePath /cas"},
                                         {"TLSRequired auth+data"},
                                         {"TLSNextProtocol off"},
                                         {"TLSServerCipherPreference off"},
                                         {"TLSOptions AllowPerUser"},
                                         {"TLSTimeoutHandshake 30"},
                                         {"TLSSessionCache internal: 60"}});
  const ServerPolicy expected{
      .engine = true,
      .log_file = "/log",
      .protocols = {Protocol::tlsv1_3},
      .ciphers = {.legacy = "HIGH", .tls13 = "TLS_AES_128_GCM_SHA256"},
      .server_chooses_cipher = false,
      .alpn = false,
      .rsa = {.certificate = "/rsa", .key = "/rsa.key"},
      .ec = {.certificate = "/ec", .key = "/ec.key"},
      .dsa = {.certificate = "/dsa", .key = "/dsa.key"},
      .any_type = {{.certificate = "/any", .key = "/any.key"}},
      .pkcs12_file = "/p12",
      .pass_phrase_provider = "/provider",
      .chain_file = "/chain",
      .ca_file = "/ca",
      .ca_path = "/cas",
      .required = {.auth = true, .control = false, .data = DataRule::required},
      .options = {Option::allow_per_user},
      .handshake_timeout = std::chrono::seconds{30},
      .session_cache = {SessionCachePolicy::Kind::internal, std::chrono::seconds{60}}};
  CHECK_TRUE(policy == expected);
}

TEST(PolicyBuilder, TheFirstRecordOfADirectiveCounts) {
  const auto policy = policy_of({{"TLSProtocol TLSv1.2"}, {"TLSProtocol TLSv1.3"}});
  CHECK_TRUE(policy.protocols == ProtocolSet{Protocol::tlsv1_2});
}

TEST(PolicyBuilder, AFirstRecordThatRepeatsTheDefaultCountsToo) {
  CHECK_FALSE(policy_of({{"TLSEngine off"}, {"TLSEngine on", kGlobalLine}}).engine);
  STRCMP_EQUAL("", policy_of({{"TLSLog none"}, {"TLSLog /log", kGlobalLine}}).log_file.c_str());
}

TEST(PolicyBuilder, GlobalFillsWhatTheServerDoesNotSay) {
  const auto policy = policy_of({{"TLSEngine on"}, {"TLSRequired on", kGlobalLine}});
  CHECK_TRUE(policy.required.control);
}

TEST(PolicyBuilder, OptionsOfAllRecordsAddUp) {
  const auto policy = policy_of({{"TLSOptions AllowPerUser"},
                                 {"TLSOptions NoSessionReuseRequired"},
                                 {"TLSOptions AllowWeakSecurity", kGlobalLine}});
  CHECK_TRUE((policy.options == OptionSet{Option::allow_per_user, Option::allow_weak_security,
                                          Option::no_session_reuse_required}));
}

TEST(PolicyBuilder, TheLastOwnCipherListOfAClassCounts) {
  const auto policy = policy_of({{"TLSCipherSuite HIGH"},
                                 {"TLSCipherSuite TLSv1.3 TLS_A"},
                                 {"TLSCipherSuite TLSv1.2 MEDIUM"}});
  STRCMP_EQUAL("MEDIUM", policy.ciphers.legacy.c_str());
  STRCMP_EQUAL("TLS_A", policy.ciphers.tls13.c_str());
}

TEST(PolicyBuilder, Q55OwnCipherListBeatsThatOfGlobal) {
  const auto policy = policy_of({{"TLSCipherSuite HIGH"},
                                 {"TLSCipherSuite LOW", kGlobalLine},
                                 {"TLSCipherSuite TLSv1.3 TLS_A", kGlobalLine},
                                 {"TLSCipherSuite TLSv1.3 TLS_B", kGlobalLine}});
  STRCMP_EQUAL("HIGH", policy.ciphers.legacy.c_str());
  STRCMP_EQUAL("TLS_B", policy.ciphers.tls13.c_str());
}

TEST(PolicyBuilder, OwnCipherListBeatsGlobalInAnyRecordOrder) {
  const auto policy = policy_of({{"TLSCipherSuite LOW", kGlobalLine}, {"TLSCipherSuite HIGH"}});
  STRCMP_EQUAL("HIGH", policy.ciphers.legacy.c_str());
}

TEST(PolicyBuilder, NoSessionCacheMeansNoReuseRequired) {
  CHECK_TRUE(policy_of({{"TLSSessionCache internal:"}}).reuse_required());
  CHECK_FALSE(policy_of({{"TLSSessionCache off"}}).reuse_required());
  CHECK_FALSE(policy_of({{"TLSOptions NoSessionReuseRequired"}}).reuse_required());
}

TEST(PolicyBuilder, AKeyBelongsToTheCertificateAboveIt) {
  const ServerPolicy policy = policy_of({{"TLSCertificateFile /both"},
                                         {"TLSCertificateFile /ec"},
                                         {"TLSCertificateKeyFile /ec.key"},
                                         {"TLSCertificateFile /rsa"},
                                         {"TLSCertificateKeyFile /rsa.key"}});
  const std::vector<CredentialFiles> expected{
      {"/both", ""}, {"/ec", "/ec.key"}, {"/rsa", "/rsa.key"}};
  CHECK_TRUE(policy.any_type == expected);
}

TEST(PolicyBuilder, AKeyWithoutACertificateAboveItIsKeptForTheCheck) {
  const std::vector<CredentialFiles> alone{{"", "/a.key"}, {"/a", ""}};
  CHECK_TRUE(policy_of({{"TLSCertificateKeyFile /a.key"}, {"TLSCertificateFile /a"}}).any_type ==
             alone);
  const std::vector<CredentialFiles> twice{{"/a", "/a.key"}, {"", "/b.key"}};
  CHECK_TRUE(policy_of({{"TLSCertificateFile /a"},
                        {"TLSCertificateKeyFile /a.key"},
                        {"TLSCertificateKeyFile /b.key"}})
                 .any_type == twice);
}

TEST(PolicyBuilder, PairsOfASectionStandBesideTheServersAndAreMarked) {
  for (const Origin others : {Origin::own, Origin::global}) {
    const std::vector<CredentialFiles> expected{{"/server", ""}, {"/class", "/class.key", true}};
    CHECK_TRUE(policy_of({{"TLSCertificateKeyFile /class.key", Origin::section},
                          {"TLSCertificateFile /class", Origin::section},
                          {"TLSCertificateFile /server", others}})
                   .any_type == expected);
  }
}

TEST(PolicyBuilder, CiphersOfASectionGoBeforeAllOthers) {
  STRCMP_EQUAL("AES128-SHA", policy_of({{"TLSCipherSuite AES128-SHA", Origin::section},
                                        {"TLSCipherSuite AES256-SHA"},
                                        {"TLSCipherSuite AES256-SHA", kGlobalLine}})
                                 .ciphers.legacy.c_str());
}

TEST(PolicyBuilder, PairsOfGlobalCountWhereTheServerHasNone) {
  const std::vector<CredentialFiles> own{{"/own", ""}};
  CHECK_TRUE(policy_of({{"TLSCertificateFile /own"},
                        {"TLSCertificateFile /global", kGlobalLine},
                        {"TLSCertificateKeyFile /global.key", kGlobalLine}})
                 .any_type == own);
  const std::vector<CredentialFiles> global{{"/global", "/global.key"}};
  CHECK_TRUE(policy_of({{"TLSRSACertificateFile /rsa"},
                        {"TLSCertificateFile /global", kGlobalLine},
                        {"TLSCertificateKeyFile /global.key", kGlobalLine}})
                 .any_type == global);
}
