// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/credentials.h"

#include <sys/stat.h>

#include "CppUTest/TestHarness.h"
#include "test_pki.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;
using core::CredentialKind;

TEST_GROUP(Credentials) {
  test::TemporaryFolder folder;
  ossl::EvpPkeyPtr key = test::make_ec_key();
  ossl::X509Ptr certificate = test::make_certificate(key.get());
  std::string crt = folder.write("crt", test::to_pem(certificate.get()));
  std::string pem = folder.write("key", test::to_pem(key.get()));

  std::string failure(CredentialKind kind, const core::CredentialFiles &files) {
    auto credential = ossl::load_credential({kind, files});
    return credential ? "none" : credential.error().message;
  }
};

TEST(Credentials, APairInTwoFilesIsLoaded) {
  auto credential = ossl::load_credential({CredentialKind::ec, {crt, pem}});
  CHECK(credential.ok());
  LONGS_EQUAL(0, X509_cmp(certificate.get(), credential->certificate.get()));
  LONGS_EQUAL(1, EVP_PKEY_eq(key.get(), credential->key.get()));
}

TEST(Credentials, APairInOneFileIsLoaded) {
  const std::string both =
      folder.write("both", test::to_pem(key.get()) + test::to_pem(certificate.get()));
  CHECK(ossl::load_credential({CredentialKind::ec, {both, ""}}).ok());
}

TEST(Credentials, OnlyTheFirstCertificateIsTheLeaf) {
  const auto other_key = test::make_ec_key();
  const auto other = test::make_certificate(other_key.get(), {.name = "other"});
  const std::string two =
      folder.write("two", test::to_pem(certificate.get()) + test::to_pem(other.get()));
  auto credential = ossl::load_credential({CredentialKind::ec, {two, pem}});
  CHECK(credential.ok());
  LONGS_EQUAL(0, X509_cmp(certificate.get(), credential->certificate.get()));
}

TEST(Credentials, AKeyOfAnotherCertificateIsNamedWithBothFiles) {
  const auto other = test::make_ec_key();
  const std::string wrong = folder.write("wrong", test::to_pem(other.get()));
  const std::string text = failure(CredentialKind::ec, {crt, wrong});
  STRCMP_CONTAINS(("error checking key from TLSECCertificateKeyFile '" + wrong + "'").c_str(),
                  text.c_str());
  STRCMP_CONTAINS(("TLSECCertificateFile '" + crt + "'").c_str(), text.c_str());
}

TEST(Credentials, ADirectiveIsNamedForWhatItsFileLacks) {
  const std::string missing = folder.path("missing");
  STRCMP_EQUAL(
      ("error loading TLSRSACertificateFile '" + missing + "': No such file or directory").c_str(),
      failure(CredentialKind::rsa, {missing, pem}).c_str());
  STRCMP_EQUAL(
      ("error loading TLSECCertificateKeyFile '" + missing + "': No such file or directory")
          .c_str(),
      failure(CredentialKind::ec, {crt, missing}).c_str());
  STRCMP_CONTAINS("error loading TLSECCertificateKeyFile",
                  failure(CredentialKind::ec, {crt, crt}).c_str());
}

TEST(Credentials, ACertificateFileWithoutItsKeyLeadsToTheKeyDirective) {
  const std::string text = failure(CredentialKind::rsa, {crt, ""});
  STRCMP_CONTAINS("from TLSRSACertificateFile", text.c_str());
  STRCMP_CONTAINS("name the file of the key with TLSRSACertificateKeyFile", text.c_str());
}

TEST(Credentials, AnEncryptedKeyNeedsSomebodyToAsk) {
  const std::string secret = folder.write("secret", test::to_pem(key.get(), "sesame"));
  STRCMP_CONTAINS("it is protected by a pass phrase that nobody has been asked for yet",
                  failure(CredentialKind::ec, {crt, secret}).c_str());
}

TEST(Credentials, AKeyThatOthersCanReadIsANotice) {
  ::chmod(pem.c_str(), 0644);
  auto credential = ossl::load_credential({CredentialKind::ec, {crt, pem}});
  STRCMP_EQUAL(("private key '" + pem + "': other users can read the file; chmod 600 it").c_str(),
               credential->notice.c_str());
  ::chmod(pem.c_str(), 0620);
  credential = ossl::load_credential({CredentialKind::ec, {crt, pem}});
  STRCMP_CONTAINS("other users can write the file", credential->notice.c_str());
  ::chmod(pem.c_str(), 0640);
  credential = ossl::load_credential({CredentialKind::ec, {crt, pem}});
  STRCMP_EQUAL("", credential->notice.c_str());
}

TEST(Credentials, ErrorsNeverShowTheKey) {
  std::string broken = test::to_pem(key.get());
  const std::string part = broken.substr(60, 20);
  broken.resize(broken.size() / 2);
  const std::string text = failure(CredentialKind::ec, {crt, folder.write("broken", broken)});
  STRCMP_CONTAINS("TLSECCertificateKeyFile", text.c_str());
  CHECK(text.find(part) == std::string::npos);
}
