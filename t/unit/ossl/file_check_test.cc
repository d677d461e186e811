// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/file_check.h"

#include <sys/stat.h>
#include <unistd.h>

#include "CppUTest/TestHarness.h"
#include "test_pki.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;
using core::FileCheck;

namespace {

struct Nonsense {
  const char *name;
  std::string contents;
};

std::vector<Nonsense> nonsense() {
  return {{"empty", ""},
          {"zeros", std::string(1000, '\0')},
          {"noise", std::string(3'000'000, 'n')},
          {"truncated", "-----BEGIN CERTIFICATE-----\nMIIB"},
          {"not-base64", "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"},
          {"not-der", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
          {"many-begins", [] {
             std::string text;
             for (int i = 0; i < 50000; i++) text += "-----BEGIN CERTIFICATE-----\n";
             return text;
           }()}};
}

}  // namespace

TEST_GROUP(FileCheck) {
  test::TemporaryFolder folder;
  ossl::EvpPkeyPtr key = test::make_ec_key();
  ossl::X509Ptr certificate = test::make_certificate(key.get());
  std::time_t now = std::time(nullptr);

  std::string failure(FileCheck check, const std::string &path) {
    auto finding = ossl::check_value(check, core::EditValue{path}, now);
    return finding ? "none" : finding.error().message;
  }

  std::string notices(FileCheck check, const core::EditValue &value) {
    auto finding = ossl::check_value(check, value, now);
    if (!finding) return "failed: " + finding.error().message;
    std::string all;
    for (const std::string &notice : finding->notices) all += notice + "\n";
    return all;
  }
};

TEST(FileCheck, NothingIsTriedWhereNothingIsAsked) {
  STRCMP_EQUAL("", notices(FileCheck::none, core::EditValue{true}).c_str());
}

TEST(FileCheck, GoodFilesPassWithoutAWord) {
  const auto crt = folder.write("crt", test::to_pem(certificate.get()));
  STRCMP_EQUAL("", notices(FileCheck::ec_certificate, core::EditValue{crt}).c_str());
  STRCMP_EQUAL("", notices(FileCheck::ca_file, core::EditValue{crt}).c_str());
  STRCMP_EQUAL("", notices(FileCheck::certificate_chain, core::EditValue{crt}).c_str());
  const auto pem = folder.write("key", test::to_pem(key.get()));
  STRCMP_EQUAL("", notices(FileCheck::private_key, core::EditValue{pem}).c_str());
  STRCMP_EQUAL("", notices(FileCheck::ca_path, core::EditValue{folder.path("")}).c_str());
}

TEST(FileCheck, KeyAndCertificateMayShareAFileInAnyOrder) {
  const auto crt = test::to_pem(certificate.get());
  const auto pem = test::to_pem(key.get());
  for (const std::string &contents : {crt + pem, pem + crt, "# a remark\n" + crt + "\n" + pem}) {
    const core::EditValue value{folder.write("both", contents)};
    STRCMP_EQUAL("", notices(FileCheck::ec_certificate, value).c_str());
    STRCMP_EQUAL("", notices(FileCheck::private_key, value).c_str());
  }
}

TEST(FileCheck, AMissingFileIsNamed) {
  const std::string path = folder.path("missing");
  STRCMP_EQUAL(("'" + path +
                "' does not exist or does not contain a certificate (No such file "
                "or directory)")
                   .c_str(),
               failure(FileCheck::rsa_certificate, path).c_str());
  const std::string unable = "unable to use '" + path + "': No such file or directory";
  for (const auto check :
       {FileCheck::private_key, FileCheck::ca_file, FileCheck::certificate_chain}) {
    STRCMP_EQUAL(unable.c_str(), failure(check, path).c_str());
  }
  STRCMP_CONTAINS("parameter must be a directory path", failure(FileCheck::ca_path, path).c_str());
}

TEST(FileCheck, NonsenseIsRefused) {
  for (const Nonsense &n : nonsense()) {
    const std::string path = folder.write(n.name, n.contents);
    STRCMP_CONTAINS("does not exist or does not contain a certificate",
                    failure(FileCheck::ec_certificate, path).c_str());
    for (const auto check :
         {FileCheck::private_key, FileCheck::ca_file, FileCheck::certificate_chain}) {
      STRCMP_CONTAINS(("unable to use '" + path + "': ").c_str(), failure(check, path).c_str());
    }
  }
}

TEST(FileCheck, FilesWithoutACertificateSaySo) {
  const std::string path = folder.write("key", test::to_pem(key.get()));
  STRCMP_EQUAL(("unable to use '" + path + "': file contained no certificate data").c_str(),
               failure(FileCheck::ca_file, path).c_str());
}

TEST(FileCheck, ACertificateIsNoKey) {
  const std::string path = folder.write("crt", test::to_pem(certificate.get()));
  STRCMP_CONTAINS("no private key in PEM format found",
                  failure(FileCheck::private_key, path).c_str());
}

TEST(FileCheck, AnEncryptedKeyPassesWithoutAskingAnybody) {
  const std::string path = folder.write("key", test::to_pem(key.get(), "open sesame"));
  STRCMP_EQUAL("none", failure(FileCheck::private_key, path).c_str());
}

TEST(FileCheck, APkcs12FileNeedsNoPasswordHere) {
  const std::string path =
      folder.write("p12", test::to_pkcs12(key.get(), certificate.get(), nullptr, "sesame"));
  STRCMP_EQUAL("none", failure(FileCheck::pkcs12, path).c_str());
}

TEST(FileCheck, WhatIsNoPkcs12IsRefused) {
  const std::string missing = folder.path("missing");
  STRCMP_EQUAL(("'" + missing + "' does not exist").c_str(),
               failure(FileCheck::pkcs12, missing).c_str());
  for (const Nonsense &n : nonsense()) {
    const std::string path = folder.write(n.name, n.contents);
    STRCMP_CONTAINS(("unable to use '" + path + "': not a PKCS#12 file").c_str(),
                    failure(FileCheck::pkcs12, path).c_str());
  }
}

TEST(FileCheck, Q23AProgramMustBeInTheHandsOfWhoRunsIt) {
  const std::string path = folder.write("program", "#!/bin/sh\n");
  ::chmod(path.c_str(), 0700);
  STRCMP_EQUAL("none", failure(FileCheck::program, path).c_str());
  ::chmod(path.c_str(), 0702);
  STRCMP_CONTAINS("users other than root can change it", failure(FileCheck::program, path).c_str());
  ::chmod(path.c_str(), 0600);
  STRCMP_CONTAINS("not executable", failure(FileCheck::program, path).c_str());
  STRCMP_CONTAINS(": Not a regular file", failure(FileCheck::program, folder.path("")).c_str());
  const std::string missing = folder.path("missing");
  STRCMP_EQUAL(("error checking '" + missing + "': No such file or directory").c_str(),
               failure(FileCheck::program, missing).c_str());
}

TEST(FileCheck, AProgramInAFolderOfOthersIsRefused) {
  const std::string inner = folder.path("inner");
  LONGS_EQUAL(0, ::mkdir(inner.c_str(), 0700));
  const std::string path = folder.write("inner/program", "#!/bin/sh\n");
  ::chmod(path.c_str(), 0700);
  STRCMP_EQUAL("none", failure(FileCheck::program, path).c_str());
  ::chmod(inner.c_str(), 0777);
  STRCMP_CONTAINS(("by way of the folder '" + inner + "', and it runs as root").c_str(),
                  failure(FileCheck::program, path).c_str());
  ::chmod(inner.c_str(), 01777);
  STRCMP_EQUAL("none", failure(FileCheck::program, path).c_str());
  ::unlink(path.c_str());
  ::rmdir(inner.c_str());
}

TEST(FileCheck, AnExpiredCertificateIsANotice) {
  const auto old = test::make_certificate(key.get(), {.begins = -9 * test::kDay, .ends = -60});
  const std::string path = folder.write("old", test::to_pem(old.get()));
  const std::string text = notices(FileCheck::ec_certificate, core::EditValue{path});
  STRCMP_CONTAINS(("certificate '" + path + "': expired on ").c_str(), text.c_str());
  STRCMP_CONTAINS("GMT", text.c_str());
}

TEST(FileCheck, ACertificateOfTheFutureIsANotice) {
  const auto early = test::make_certificate(key.get(), {.begins = test::kDay});
  const std::string path = folder.write("early", test::to_pem(early.get()));
  STRCMP_CONTAINS("not valid before ",
                  notices(FileCheck::ec_certificate, core::EditValue{path}).c_str());
}

TEST(FileCheck, TheWrongKindOfCertificateIsANotice) {
  const std::string path = folder.write("crt", test::to_pem(certificate.get()));
  STRCMP_EQUAL(("certificate '" + path +
                "': expected RSA certificate, found EC; name it with "
                "TLSECCertificateFile or TLSCertificateFile\n")
                   .c_str(),
               notices(FileCheck::rsa_certificate, core::EditValue{path}).c_str());
  const auto rsa_key = test::make_rsa_key();
  const auto rsa = test::make_certificate(rsa_key.get());
  const std::string other = folder.write("rsa", test::to_pem(rsa.get()));
  STRCMP_EQUAL(("certificate '" + other +
                "': expected EC certificate, found RSA; name it with "
                "TLSRSACertificateFile or TLSCertificateFile\n")
                   .c_str(),
               notices(FileCheck::ec_certificate, core::EditValue{other}).c_str());
}

TEST(FileCheck, CipherListsAreTriedAgainstTheLibrary) {
  using Edit = core::CipherEdit;
  const auto text = [this](Edit edit) {
    return notices(FileCheck::cipher_list, core::EditValue{std::move(edit)});
  };
  STRCMP_EQUAL("", text({Edit::Class::legacy, "HIGH:!aNULL"}).c_str());
  STRCMP_CONTAINS("unable to use ciphersuite 'NO-SUCH-CIPHER:!EXPORT': there is no",
                  text({Edit::Class::legacy, "NO-SUCH-CIPHER"}).c_str());
  STRCMP_EQUAL("", text({Edit::Class::tls13, "TLS_AES_128_GCM_SHA256"}).c_str());
  STRCMP_CONTAINS("unable to use ciphersuite 'NO_SUCH_SUITE': ",
                  text({Edit::Class::tls13, "NO_SUCH_SUITE"}).c_str());
  STRCMP_CONTAINS("there is no 'NO_SUCH_SUITE'",
                  text({Edit::Class::tls13, "NO_SUCH_SUITE:TLS_AES_128_GCM_SHA256"}).c_str());
}
