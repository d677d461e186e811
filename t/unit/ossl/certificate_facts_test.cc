// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/certificate_facts.h"

#include <openssl/bn.h>

#include "CppUTest/TestHarness.h"
#include "test_pki.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

namespace {

void set_serial(X509 *certificate, const char *decimal) {
  BIGNUM *number = nullptr;
  BN_dec2bn(&number, decimal);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
}

void add_part(X509 *certificate, const char *type, std::string_view value) {
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), type, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char *>(value.data()),
                             static_cast<int>(value.size()), -1, 0);
}

std::string part(const core::CertificateFacts &facts, std::string_view name) {
  for (const core::Variable &part : facts.subject_parts) {
    if (part.name == name) return part.value;
  }
  return "(none)";
}

}  // namespace

TEST_GROUP(CertificateFacts) {
  ossl::EvpPkeyPtr key = test::make_ec_key();
  ossl::X509Ptr certificate = test::make_certificate(key.get(), {.name = "alice"});
};

TEST(CertificateFacts, PlainValuesAreRight) {
  const auto facts = ossl::certificate_facts(certificate.get());
  LONGS_EQUAL(3, facts.version);
  STRCMP_EQUAL("CN = alice", facts.subject.c_str());
  STRCMP_EQUAL("CN = alice", facts.issuer.c_str());
  STRCMP_EQUAL("id-ecPublicKey", facts.key_algorithm.c_str());
  STRCMP_EQUAL("ecdsa-with-SHA256", facts.signature_algorithm.c_str());
  STRCMP_CONTAINS(" GMT", facts.begins.c_str());
  STRCMP_EQUAL(test::to_pem(certificate.get()).c_str(), facts.pem.c_str());
}

TEST(CertificateFacts, SerialsOfAnySizeAreDecimal) {
  for (const char *serial :
       {"0", "7", "4294967296", "730750818665451459101842416358141509827966271487", "-5"}) {
    set_serial(certificate.get(), serial);
    STRCMP_EQUAL(serial, ossl::certificate_facts(certificate.get()).serial.c_str());
  }
}

TEST(CertificateFacts, EveryPartOfANameHasItsSuffix) {
  struct Part {
    const char *type;
    const char *suffix;
    const char *value;
  };
  const Part parts[] = {
      {"C", "C", "US"},       {"description", "D", "d"}, {"GN", "G", "g"},
      {"initials", "I", "i"}, {"L", "L", "l"},           {"O", "O", "Org, Inc"},
      {"OU", "OU", "u"},      {"ST", "ST", "st"},        {"SN", "S", "s"},
      {"title", "T", "t"},    {"UID", "UID", "uid"},     {"emailAddress", "Email", "a@b.c"}};
  for (const Part &p : parts) add_part(certificate.get(), p.type, p.value);
  const auto facts = ossl::certificate_facts(certificate.get());
  for (const Part &p : parts) STRCMP_EQUAL(p.value, part(facts, p.suffix).c_str());
  STRCMP_EQUAL("alice", part(facts, "CN").c_str());
  STRCMP_CONTAINS("O = \"Org, Inc\"", facts.subject.c_str());
}

TEST(CertificateFacts, PartsThatAreNotThereHaveNoValue) {
  STRCMP_EQUAL("(none)", part(ossl::certificate_facts(certificate.get()), "O").c_str());
}

TEST(CertificateFacts, NamesCannotForgeLines) {
  add_part(certificate.get(), "O", std::string_view{"a\nb\0c", 5});
  const auto facts = ossl::certificate_facts(certificate.get());
  STRCMP_EQUAL("a?b?c", part(facts, "O").c_str());
  CHECK_TRUE(facts.subject.find('\n') == std::string::npos);
}

TEST(CertificateFacts, KeysOfOtherTypesAreNamed) {
  const auto rsa = test::make_rsa_key();
  const auto certificate2 = test::make_certificate(rsa.get());
  const auto facts = ossl::certificate_facts(certificate2.get());
  STRCMP_EQUAL("rsaEncryption", facts.key_algorithm.c_str());
  STRCMP_EQUAL("sha256WithRSAEncryption", facts.signature_algorithm.c_str());
}
