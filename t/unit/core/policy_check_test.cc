// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstring>
#include <functional>

#include "core/policy_builder.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

namespace {

using Severity = PolicyFinding::Severity;

ServerPolicy sound_policy() {
  ServerPolicy policy;
  policy.engine = true;
  policy.rsa.certificate = "/rsa.pem";
  return policy;
}

std::vector<PolicyFinding> findings_of(const ServerPolicy &policy) {
  return cross_check(policy, {.name = "ftp.example.com"});
}

void check_single(const std::vector<PolicyFinding> &findings, Severity severity,
                  const char *start) {
  LONGS_EQUAL(1, findings.size());
  CHECK_TRUE(findings[0].severity == severity);
  STRCMP_EQUAL(start, findings[0].text.substr(0, std::strlen(start)).c_str());
}

ServerPolicy contradicting_policy() {
  ServerPolicy policy = sound_policy();
  policy.options.add(Option::allow_per_user);
  policy.required = *parse_required("auth+data");
  return policy;
}

}  // namespace

TEST_GROUP(PolicyCheck){};

TEST(PolicyCheck, ASoundPolicyHasNoFindings) {
  CHECK_TRUE(findings_of(sound_policy()).empty());
}

TEST(PolicyCheck, AServerWithoutTlsHasNoFindings) {
  ServerPolicy policy = contradicting_policy();
  policy.rsa = {.certificate = {}, .key = "/rsa.key"};
  policy.protocols = {Protocol::sslv3, Protocol::tlsv1_1};
  CHECK_FALSE(findings_of(policy).empty());
  policy.engine = false;
  CHECK_TRUE(findings_of(policy).empty());
}

TEST(PolicyCheck, R11AllowPerUserAgainstRequiredAuthIsFatal) {
  for (const char *value : {"on", "ctrl", "ctrl+!data", "auth", "auth+data", "auth+!data"}) {
    ServerPolicy policy = contradicting_policy();
    policy.required = *parse_required(value);
    const auto findings = findings_of(policy);
    check_single(findings, Severity::fatal,
                 "Server ftp.example.com: cannot enforce both 'TLSRequired auth' and 'TLSOptions "
                 "AllowPerUser' at the same time");
    STRCMP_CONTAINS(("'TLSRequired " + std::string(value) + "'").c_str(), findings[0].text.c_str());
  }
}

TEST(PolicyCheck, AllowPerUserIsFineWithoutRequiredAuth) {
  for (const char *value : {"off", "data", "!data"}) {
    ServerPolicy policy = contradicting_policy();
    policy.required = *parse_required(value);
    CHECK_TRUE_TEXT(findings_of(policy).empty(), value);
  }
}

TEST(PolicyCheck, SomethingThatRelaxesLiftsTheContradiction) {
  const ServerPolicy policy = contradicting_policy();
  CHECK_TRUE(cross_check(policy, {.name = "x", .has_relaxing_section = true}).empty());
  CHECK_TRUE(cross_check(policy, {.name = "x", .has_session_overrides = true}).empty());
}

TEST(PolicyCheck, OnlyWhatCanRelaxALoginIsNamedAsARemedy) {
  const auto findings = findings_of(contradicting_policy());
  STRCMP_CONTAINS("to an <Anonymous> section, or load", findings[0].text.c_str());
}

TEST(PolicyCheck, AKeyInATokenAndTlsAfterTheLoginAreFatal) {
  ServerPolicy policy = sound_policy();
  policy.rsa.key = "pkcs11:object=key?pin-value=271828";
  CHECK_TRUE(findings_of(policy).empty());
  policy.options.add(Option::allow_per_user);
  const auto findings = findings_of(policy);
  check_single(findings, Severity::fatal,
               "Server ftp.example.com: 'TLSOptions AllowPerUser' lets clients begin TLS after the "
               "login, when TLSRSACertificateKeyFile 'pkcs11:object=key?pin-value=...'");
  policy.rsa.key = "file:/etc/key";
  CHECK_TRUE(findings_of(policy).empty());
}

TEST(PolicyCheck, R26AKeyWithoutItsCertificateIsFatal) {
  ServerPolicy policy = sound_policy();
  policy.ec.key = "/ec.key";
  check_single(findings_of(policy), Severity::fatal,
               "Server ftp.example.com: TLSECCertificateKeyFile '/ec.key' is configured without "
               "TLSECCertificateFile");
  policy.ec.certificate = "/ec.pem";
  CHECK_TRUE(findings_of(policy).empty());
}

TEST(PolicyCheck, R26NamesTheMissingRsaDirectiveToo) {
  ServerPolicy policy = sound_policy();
  policy.rsa = {.certificate = {}, .key = "/rsa.key"};
  policy.ec.certificate = "/ec.pem";
  check_single(findings_of(policy), Severity::fatal,
               "Server ftp.example.com: TLSRSACertificateKeyFile '/rsa.key' is configured without "
               "TLSRSACertificateFile");
}

TEST(PolicyCheck, NoCredentialsAreANotice) {
  ServerPolicy policy = sound_policy();
  policy.rsa = {};
  check_single(
      findings_of(policy), Severity::notice,
      "no TLSRSACertificateFile, TLSDSACertificateFile, TLSECCertificateFile, "
      "TLSCertificateFile or TLSPKCS12File configured; unable to handle SSL/TLS connections");
}

TEST(PolicyCheck, AGapInTheProtocolsIsANotice) {
  ServerPolicy policy = sound_policy();
  policy.protocols = {Protocol::tlsv1, Protocol::tlsv1_3};
  check_single(findings_of(policy), Severity::notice,
               "Server ftp.example.com: TLSProtocol offers TLSv1, TLSv1.3 but not TLSv1.1, TLSv1.2 "
               "in between");
}

TEST(PolicyCheck, R1OnlyOldProtocolsAreANoticeThatSaysWhatToWrite) {
  ServerPolicy policy = sound_policy();
  policy.protocols = {Protocol::tlsv1};
  const auto findings = findings_of(policy);
  check_single(findings, Severity::notice,
               "Server ftp.example.com: TLSProtocol offers only TLSv1; clients that ask for "
               "TLSv1.2 or newer");
  STRCMP_CONTAINS("write 'TLSProtocol TLSv1.2 TLSv1.3'", findings[0].text.c_str());
  CHECK_TRUE(findings[0].text.find("AllowWeakSecurity") == std::string::npos);
}

TEST(PolicyCheck, OldProtocolsBesideNewOnesAreFine) {
  ServerPolicy policy = sound_policy();
  policy.protocols = {Protocol::tlsv1, Protocol::tlsv1_1, Protocol::tlsv1_2};
  CHECK_TRUE(findings_of(policy).empty());
}

TEST(PolicyCheck, R26NamesTheMissingDirectiveOfEveryKind) {
  ServerPolicy policy = sound_policy();
  policy.dsa.key = "/dsa.key";
  check_single(findings_of(policy), Severity::fatal,
               "Server ftp.example.com: TLSDSACertificateKeyFile '/dsa.key' is configured without "
               "TLSDSACertificateFile");
  policy.dsa.key.clear();
  policy.any_type = {{"/a.crt", "/a.key"}, {"", "/b.key"}};
  check_single(findings_of(policy), Severity::fatal,
               "Server ftp.example.com: TLSCertificateKeyFile '/b.key' is configured without "
               "TLSCertificateFile; add the certificate of this key in the line above it");
}

TEST(PolicyCheck, EveryKindOfCredentialWillDo) {
  for (const auto &fill : {+[](ServerPolicy &p) { p.dsa.certificate = "/a"; },
                           +[](ServerPolicy &p) { p.ec.certificate = "/a"; },
                           +[](ServerPolicy &p) {
                             p.any_type = {{"/a", ""}};
                           },
                           +[](ServerPolicy &p) { p.pkcs12_file = "/a"; }}) {
    ServerPolicy policy = sound_policy();
    policy.rsa = {};
    fill(policy);
    CHECK_TRUE(findings_of(policy).empty());
  }
}

TEST(PolicyCheck, VerifyingClientsByOcspIsFine) {
  ServerPolicy policy = sound_policy();
  policy.verify_order = "crl ocsp";
  policy.verify_client = VerifyClient::optional;
  CHECK_TRUE(findings_of(policy).empty());
}

TEST(PolicyCheck, NamesOfClientsAreCheckedOnlyWhereTheyNeedACertificate) {
  for (const Option option :
       {Option::common_name_required, Option::dns_name_required, Option::ip_address_required}) {
    ServerPolicy policy = sound_policy();
    policy.options.add(option);
    for (const VerifyClient verify : {VerifyClient::off, VerifyClient::optional}) {
      policy.verify_client = verify;
      check_single(findings_of(policy), Severity::notice,
                   "Server ftp.example.com: CommonNameRequired, dNSNameRequired and "
                   "iPAddressRequired have no effect without 'TLSVerifyClient on'");
    }
    policy.verify_client = VerifyClient::on;
    CHECK_TRUE(findings_of(policy).empty());
  }
}

TEST(PolicyCheck, NamesOfClientsNeedReverseDns) {
  ServerPolicy policy = sound_policy();
  policy.verify_client = VerifyClient::on;
  policy.options.add(Option::ip_address_required);
  const ServerFacts facts{.name = "ftp.example.com", .reverse_dns = false};
  CHECK_TRUE(cross_check(policy, facts).empty());
  policy.options.add(Option::dns_name_required);
  check_single(cross_check(policy, facts), Severity::notice,
               "Server ftp.example.com: CommonNameRequired and dNSNameRequired have no effect "
               "with 'UseReverseDNS off'");
}

TEST(PolicyCheck, CertificatesLogInOnlyWhereTheyAreAskedFor) {
  ServerPolicy by_file = sound_policy();
  by_file.options.add(Option::allow_dot_login);
  ServerPolicy by_name = sound_policy();
  by_name.user_name = {.kind = UserNameField::Kind::common_name};
  for (ServerPolicy &policy : {std::ref(by_file), std::ref(by_name)}) {
    check_single(findings_of(policy), Severity::notice,
                 "Server ftp.example.com: AllowDotLogin and TLSUserName have no effect");
    policy.verify_client = VerifyClient::optional;
    CHECK_TRUE(findings_of(policy).empty());
  }
}
