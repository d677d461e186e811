// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/private_key.h"

#include <sys/stat.h>

#include "CppUTest/TestHarness.h"
#include "test_pki.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

TEST_GROUP(PrivateKey) {
  test::TemporaryFolder folder;
  ossl::EvpPkeyPtr key = test::make_ec_key();
  ossl::PassPhraseStore store;

  void know(const std::string &path, std::string_view text) {
    ossl::PassPhrase phrase;
    for (const char c : text) CHECK_TRUE(phrase.append(c));
    store.keep(path, std::move(phrase));
  }

  std::string failure(const std::string &path) {
    auto loaded = ossl::load_private_key(path, "EC", {&store, nullptr});
    return loaded ? "none" : loaded.error().message;
  }
};

TEST(PrivateKey, IsFoundAmongOtherThings) {
  const auto certificate = test::make_certificate(key.get());
  const std::string other = test::to_pem(certificate.get());
  auto found = ossl::load_private_key(folder.write("file", other + test::to_pem(key.get()) + other),
                                      "EC", {});
  CHECK(found.ok());
  LONGS_EQUAL(1, EVP_PKEY_eq(key.get(), found->key.get()));
}

TEST(PrivateKey, AnEncryptedOneIsOpenedByItsPassPhrase) {
  const std::string path = folder.write("key", test::to_pem(key.get(), "sesame"));
  STRCMP_CONTAINS("nobody has been asked", failure(path).c_str());
  know(path, "wrong");
  STRCMP_CONTAINS("another pass phrase", failure(path).c_str());
  know(path, "sesame");
  STRCMP_EQUAL("none", failure(path).c_str());
  CHECK(ossl::check_private_key(path).ok());
}

TEST(PrivateKey, ATruncatedOneIsNoQuestionOfPassPhrases) {
  std::string text = test::to_pem(key.get(), "sesame");
  text.resize(text.size() / 2);
  const std::string path = folder.write("key", text);
  know(path, "sesame");
  STRCMP_CONTAINS("no private key in PEM format found", failure(path).c_str());
  CHECK_FALSE(ossl::check_private_key(path).ok());
}

TEST(PrivateKey, AFileNamedByAUriIsAFileLikeAnyOther) {
  const std::string path = folder.write("key", test::to_pem(key.get()));
  ::chmod(path.c_str(), 0644);
  for (const char *start : {"file:", "file://", "File://localhost"}) {
    auto loaded = ossl::load_private_key(start + path, "EC", {});
    CHECK(loaded.ok());
    STRCMP_CONTAINS("other users can read the file", loaded->notice.c_str());
    CHECK(ossl::check_private_key(start + path).ok());
  }
  const std::string fifo = folder.path("fifo");
  LONGS_EQUAL(0, ::mkfifo(fifo.c_str(), 0600));
  STRCMP_EQUAL("not a regular file", failure("file:" + fifo).c_str());
  CHECK_FALSE(ossl::check_private_key("file:" + fifo).ok());
}

TEST(PrivateKey, AMissingFileIsNamedByItsCause) {
  STRCMP_EQUAL("No such file or directory", failure(folder.path("missing")).c_str());
}
