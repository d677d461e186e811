// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/certificate_names.h"

#include "CppUTest/TestHarness.h"
#include "test_pki.h"

namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

namespace {

void add_to_subject(X509 *certificate, const char *field, std::string_view value) {
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), field, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char *>(value.data()),
                             static_cast<int>(value.size()), -1, 0);
}

}  // namespace

TEST_GROUP(CertificateNames) {
  ossl::EvpPkeyPtr key = test::make_ec_key();

  ossl::X509Ptr named(std::string_view name, const char *alternatives = nullptr) {
    auto certificate = test::make_certificate(key.get(), {.name = name});
    if (alternatives != nullptr) {
      test::extend(certificate.get(), NID_subject_alt_name, alternatives, key.get());
    }
    return certificate;
  }

  ossl::X509Ptr with_oid(const char *extension) {
    auto certificate = named("alice");
    OBJ_create("1.2.3.4.5", "test5", "test extension 5");
    const int nid = OBJ_txt2nid("1.2.3.4.5");
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    const std::string_view bytes{extension};
    ASN1_OCTET_STRING_set(value, reinterpret_cast<const unsigned char *>(bytes.data()),
                          static_cast<int>(bytes.size()));
    X509_EXTENSION *made = X509_EXTENSION_create_by_NID(nullptr, nid, 0, value);
    X509_add_ext(certificate.get(), made, -1);
    X509_EXTENSION_free(made);
    ASN1_OCTET_STRING_free(value);
    return certificate;
  }
};

TEST(CertificateNames, EachKindIsFound) {
  const auto certificate = named("alice",
                                 "DNS:a.example.com,DNS:*.b.org,email:alice@example.com,email:bob,"
                                 "IP:192.0.2.7,IP:2001:db8::1,URI:http://x/");
  const auto names = ossl::certificate_names(certificate.get());
  STRCMP_EQUAL("alice", names.common_name.c_str());
  LONGS_EQUAL(2, names.dns.size());
  STRCMP_EQUAL("*.b.org", names.dns[1].c_str());
  LONGS_EQUAL(2, names.emails.size());
  STRCMP_EQUAL("bob", names.emails[1].c_str());
  LONGS_EQUAL(2, names.addresses.size());
  LONGS_EQUAL(4, names.addresses[0].size());
  LONGS_EQUAL(7, names.addresses[0][3]);
  LONGS_EQUAL(16, names.addresses[1].size());
  CHECK_TRUE(names.suspicious.empty());
}

TEST(CertificateNames, WithoutThemThereIsNothing) {
  const auto certificate = named("alice");
  X509_NAME_ENTRY_free(X509_NAME_delete_entry(X509_get_subject_name(certificate.get()), 0));
  const auto names = ossl::certificate_names(certificate.get());
  CHECK_TRUE(names.common_name.empty() && names.dns.empty() && names.emails.empty());
  CHECK_TRUE(names.addresses.empty());
}

TEST(CertificateNames, OfSeveralCommonNamesTheLastCounts) {
  const auto certificate = named("Users");
  add_to_subject(certificate.get(), "CN", "alice");
  STRCMP_EQUAL("alice", ossl::certificate_names(certificate.get()).common_name.c_str());
}

TEST(CertificateNames, NulsMakeThemSuspicious) {
  const auto certificate = named("first");
  add_to_subject(certificate.get(), "CN", std::string_view("alice\0.evil.org", 15));
  auto names = ossl::certificate_names(certificate.get());
  STRCMP_EQUAL("", names.common_name.c_str());
  LONGS_EQUAL(1, names.suspicious.size());
  STRCMP_EQUAL("CommonName", names.suspicious[0].kind.c_str());
  LONGS_EQUAL(15, names.suspicious[0].value.size());
}

TEST(CertificateNames, AttributesOfTheSubjectAreFoundByTheirOid) {
  const auto certificate = named("Users");
  add_to_subject(certificate.get(), "UID", "alice");
  add_to_subject(certificate.get(), "UID", "bob");
  const auto values = ossl::values_of_oid(certificate.get(), "0.9.2342.19200300.100.1.1");
  LONGS_EQUAL(2, values.size());
  STRCMP_EQUAL("alice", values[0].c_str());
  STRCMP_EQUAL("bob", values[1].c_str());
  CHECK_TRUE(ossl::values_of_oid(certificate.get(), "1.2.3").empty());
  CHECK_TRUE(ossl::values_of_oid(certificate.get(), "no oid").empty());
}

TEST(CertificateNames, ExtensionsAreReadWithTheirDerOrWithout) {
  for (const char *value : {"\x0c\x05"
                            "alice",
                            "\x13\x05"
                            "alice",
                            "\x16\x05"
                            "alice",
                            "alice"}) {
    const auto values = ossl::values_of_oid(with_oid(value).get(), "1.2.3.4.5");
    LONGS_EQUAL(1, values.size());
    STRCMP_EQUAL("alice", values[0].c_str());
  }
}

TEST(CertificateNames, OtherDerIsNoText) {
  for (const char *value : {"\x04\x05"
                            "alice",
                            "\x30\x07\x0c\x05"
                            "alice",
                            "\x02\x01\x07"}) {
    CHECK_TRUE(ossl::values_of_oid(with_oid(value).get(), "1.2.3.4.5").empty());
  }
  const auto cut = ossl::values_of_oid(with_oid("\x0c\x09"
                                                "alice")
                                           .get(),
                                       "1.2.3.4.5");
  CHECK_TRUE(cut.empty() || cut[0] != "alice");
}
