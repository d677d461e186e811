// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/credential_files.h"

#include "core/directive_table.h"
#include "core/server_policy.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;
using Kind = CredentialKind;

TEST_GROUP(CredentialFiles){};

TEST(CredentialFiles, EveryKindHasItsDirectives) {
  for (const Kind kind : {Kind::any, Kind::dsa, Kind::ec, Kind::rsa}) {
    CHECK_TRUE(find_directive(certificate_directive(kind)) != nullptr);
    CHECK_TRUE(find_directive(key_directive(kind)) != nullptr);
  }
  CHECK_TRUE(certificate_directive(Kind::rsa) == "TLSRSACertificateFile");
  CHECK_TRUE(key_directive(Kind::any) == "TLSCertificateKeyFile");
}

TEST(CredentialFiles, SomeKindsAreMeantForOneTypeOfKey) {
  CHECK_TRUE(expected_type(Kind::dsa) == "DSA");
  CHECK_TRUE(expected_type(Kind::any).empty());
  CHECK_TRUE(expected_type(Kind::pkcs12).empty());
}

TEST(CredentialFiles, AKeyWithoutAFileOfItsOwnIsInThatOfTheCertificate) {
  CHECK_TRUE((CredentialFiles{"/a", ""}).key_file() == "/a");
  CHECK_TRUE((CredentialFiles{"/a", "/b"}).key_file() == "/b");
}

TEST(CredentialFiles, AreLoadedInTheOrderThatHasAlwaysDecided) {
  ServerPolicy policy;
  CHECK_TRUE(configured_credentials(policy).empty());
  policy.rsa.certificate = "/rsa";
  policy.ec.certificate = "/ec";
  policy.dsa.certificate = "/dsa";
  policy.pkcs12_file = "/p12";
  policy.any_type = {{"/a", ""}, {"", "/key-only"}, {"/b", ""}};
  std::string order;
  for (const auto &[kind, files] : configured_credentials(policy)) order += files.certificate;
  STRCMP_EQUAL("/a/b/dsa/ec/p12/rsa", order.c_str());
}

TEST(CredentialFiles, EveryTypeOfKeyHasDirectivesToAdvise) {
  STRCMP_EQUAL("TLSECCertificateFile or TLSCertificateFile", directives_for("EC").c_str());
  STRCMP_EQUAL("TLSRSACertificateFile or TLSCertificateFile", directives_for("RSA-PSS").c_str());
  STRCMP_EQUAL("TLSDSACertificateFile or TLSCertificateFile", directives_for("DSA").c_str());
  for (const char *type : {"ED25519", "", "nonsense"}) {
    STRCMP_EQUAL("TLSCertificateFile", directives_for(type).c_str());
  }
}
