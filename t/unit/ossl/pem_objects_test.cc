// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/pem_objects.h"

#include "CppUTest/TestHarness.h"
#include "test_pki.h"

namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

TEST_GROUP(PemObjects) {
  test::TemporaryFolder folder;
  ossl::EvpPkeyPtr key = test::make_ec_key();

  std::string pem(std::string_view name) {
    const auto certificate = test::make_certificate(key.get(), {.name = name});
    return test::to_pem(certificate.get());
  }
  std::string failure(const std::string &contents) {
    auto certificates = ossl::load_certificates(folder.write("file", contents));
    return certificates ? "none" : certificates.error().message;
  }
};

TEST(PemObjects, AllCertificatesComeInOrder) {
  const std::string contents = "text\n" + pem("one") + "\nmore text\n" + pem("two") + pem("three");
  auto certificates = ossl::load_certificates(folder.write("file", contents));
  CHECK(certificates.ok());
  UNSIGNED_LONGS_EQUAL(3, certificates->size());
  const char *names[] = {"CN = one", "CN = two", "CN = three"};
  for (std::size_t i = 0; i < 3; i++) {
    const ossl::BioPtr text{BIO_new(BIO_s_mem())};
    X509_NAME_print_ex(text.get(), X509_get_subject_name((*certificates)[i].get()), 0,
                       XN_FLAG_ONELINE);
    char *data = nullptr;
    const long size = BIO_get_mem_data(text.get(), &data);
    STRCMP_EQUAL(names[i], std::string(data, static_cast<std::size_t>(size)).c_str());
  }
}

TEST(PemObjects, KeysBetweenThemAreSkipped) {
  auto certificates = ossl::load_certificates(
      folder.write("file", pem("one") + test::to_pem(key.get()) + pem("two")));
  CHECK(certificates.ok());
  UNSIGNED_LONGS_EQUAL(2, certificates->size());
}

TEST(PemObjects, OneSpoiltCertificateSpoilsTheFile) {
  const std::string good = pem("one");
  STRCMP_EQUAL("none", failure(good).c_str());
  STRCMP_CONTAINS("error:", failure(good + good.substr(0, good.size() / 2)).c_str());
  std::string spoilt = good;
  spoilt[good.size() / 2] = '!';
  STRCMP_CONTAINS("error:", failure(good + spoilt + good).c_str());
}

TEST(PemObjects, NoCertificateIsAnError) {
  STRCMP_EQUAL("file contained no certificate data", failure("").c_str());
  STRCMP_EQUAL("file contained no certificate data", failure(test::to_pem(key.get())).c_str());
}
