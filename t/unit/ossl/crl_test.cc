// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/crl.h"

#include <openssl/pem.h>

#include "CppUTest/TestHarness.h"
#include "test_pki.h"

namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

TEST_GROUP(Crl) {
  test::TemporaryFolder folder;
  ossl::EvpPkeyPtr key = test::make_ec_key();
  ossl::X509Ptr ca = test::make_certificate(key.get(), {.name = "root", .authority = true});

  /// A CRL in PEM; the dates are seconds from now.
  std::string pem(long last, long next) {
    const ossl::X509CrlPtr crl{X509_CRL_new()};
    X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(ca.get()));
    ASN1_TIME *time = ASN1_TIME_new();
    X509_CRL_set1_lastUpdate(crl.get(), X509_gmtime_adj(time, last));
    X509_CRL_set1_nextUpdate(crl.get(), X509_gmtime_adj(time, next));
    ASN1_TIME_free(time);
    X509_CRL_sign(crl.get(), key.get(), EVP_sha256());
    const ossl::BioPtr bio{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509_CRL(bio.get(), crl.get());
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
  }

  std::string notice(long last, long next) {
    const std::string path = folder.write("crl.pem", pem(last, next));
    const auto crls = ossl::load_crls(path);
    const auto notices = ossl::crl_notices(path, crls.value()[0].get(), std::time(nullptr));
    return notices.empty() ? "" : notices[0];
  }
};

TEST(Crl, AllOfAFileAreLoaded) {
  const std::string one = pem(-test::kDay, test::kDay);
  const auto crls = ossl::load_crls(folder.write("crl.pem", one + "text between\n" + one));
  LONGS_EQUAL(2, crls.value().size());
  STRCMP_CONTAINS("Issuer: CN = root, lastUpdate: ", ossl::crl_name(crls.value()[0].get()).c_str());
}

TEST(Crl, AFileWithoutOneIsRefused) {
  for (const std::string &text : {std::string{}, std::string{"noise"}, test::to_pem(ca.get())}) {
    const auto crls = ossl::load_crls(folder.write("crl.pem", text));
    STRCMP_EQUAL("file contained no CRL data", crls.error().message.c_str());
  }
  STRCMP_EQUAL("No such file or directory",
               ossl::load_crls("/nonexistent").error().message.c_str());
}

TEST(Crl, ATruncatedOneIsRefused) {
  const std::string one = pem(-test::kDay, test::kDay);
  const auto crls = ossl::load_crls(folder.write("crl.pem", one + one.substr(0, 100)));
  CHECK(!crls.ok());
}

TEST(Crl, OnlyOneThatProvesNothingNowIsTold) {
  STRCMP_EQUAL("", notice(-test::kDay, test::kDay).c_str());
  STRCMP_CONTAINS("has expired", notice(-2 * test::kDay, -test::kDay).c_str());
  STRCMP_CONTAINS("is not yet valid", notice(test::kDay, 2 * test::kDay).c_str());
}
