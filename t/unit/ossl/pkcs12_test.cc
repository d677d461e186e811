// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/pkcs12.h"

#include "CppUTest/TestHarness.h"
#include "test_pki.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

TEST_GROUP(Pkcs12) {
  test::TemporaryFolder folder;
  ossl::EvpPkeyPtr issuer_key = test::make_ec_key();
  ossl::X509Ptr root = test::make_certificate(issuer_key.get(), {.name = "r", .authority = true});
  test::Issuer by_root{root.get(), issuer_key.get()};
  ossl::EvpPkeyPtr middle_key = test::make_ec_key();
  ossl::X509Ptr middle = test::make_certificate(
      middle_key.get(), {.name = "m", .authority = true, .issuer = &by_root});
  test::Issuer by_middle{middle.get(), middle_key.get()};
  ossl::EvpPkeyPtr key = test::make_ec_key();
  ossl::X509Ptr leaf = test::make_certificate(key.get(), {.name = "l", .issuer = &by_middle});
  ossl::PassPhraseStore store;

  std::string file(const char *password) {
    return folder.write("p12", test::to_pkcs12(key.get(), leaf.get(), middle.get(), password));
  }

  void know(const std::string &path, std::string_view text) {
    ossl::PassPhrase phrase;
    for (const char c : text) CHECK_TRUE(phrase.append(c));
    store.keep(path, std::move(phrase));
  }

  std::string failure(const std::string &path) {
    auto loaded = ossl::load_pkcs12(path, {&store, nullptr});
    return loaded ? "none" : loaded.error().message;
  }
};

TEST(Pkcs12, HasKeyCertificateAndChain) {
  const std::string path = file("sesame");
  know(path, "sesame");
  auto loaded = ossl::load_pkcs12(path, {&store, nullptr});
  CHECK(loaded.ok());
  LONGS_EQUAL(1, EVP_PKEY_eq(key.get(), loaded->key.get()));
  LONGS_EQUAL(0, X509_cmp(leaf.get(), loaded->certificate.get()));
  LONGS_EQUAL(1, loaded->chain.size());
  LONGS_EQUAL(0, X509_cmp(middle.get(), loaded->chain[0].get()));
}

TEST(Pkcs12, NeedsNoPasswordIfItHasNone) {
  STRCMP_EQUAL("none", failure(file("")).c_str());
  STRCMP_EQUAL("none", failure(file(nullptr)).c_str());
}

TEST(Pkcs12, AWrongPasswordIsNoOther) {
  const std::string path = file("sesame");
  STRCMP_CONTAINS("nobody has been asked for yet", failure(path).c_str());
  know(path, "wrong");
  STRCMP_CONTAINS("another pass phrase than before", failure(path).c_str());
}

TEST(Pkcs12, WithoutKeyOrCertificateItSaysSo) {
  const std::string no_key =
      folder.write("a", test::to_pkcs12(nullptr, leaf.get(), middle.get(), ""));
  STRCMP_CONTAINS("there is no ", failure(no_key).c_str());
  const std::string no_certificate =
      folder.write("b", test::to_pkcs12(key.get(), nullptr, nullptr, ""));
  STRCMP_CONTAINS("there is no certificate in it", failure(no_certificate).c_str());
}

TEST(Pkcs12, ATruncatedOneIsNone) {
  std::string text = test::to_pkcs12(key.get(), leaf.get(), nullptr, "sesame");
  for (const std::size_t size : {text.size() - 1, text.size() / 2, std::size_t{1}}) {
    STRCMP_CONTAINS("not a PKCS#12 file",
                    failure(folder.write("cut", text.substr(0, size))).c_str());
  }
}
