// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/dh_groups.h"

#include <openssl/pem.h>

#include "core/directive_table.h"
#include "ossl/file_check.h"
#include "ossl/groups.h"

#include "CppUTest/TestHarness.h"
#include "test_pki.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

namespace {

/// ffdhe2048 (RFC 7919, appendix A.1) in a PEM file.
std::string group_pem() {
  const ossl::EvpPkeyCtxPtr maker{EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr)};
  CHECK_TRUE(EVP_PKEY_paramgen_init(maker.get()) == 1);
  CHECK_TRUE(EVP_PKEY_CTX_set_group_name(maker.get(), "ffdhe2048") == 1);
  EVP_PKEY *made = nullptr;
  CHECK_TRUE(EVP_PKEY_paramgen(maker.get(), &made) == 1);
  const ossl::EvpPkeyPtr group{made};
  const ossl::BioPtr bio{BIO_new(BIO_s_mem())};
  CHECK_TRUE(PEM_write_bio_Parameters(bio.get(), group.get()) == 1);
  char *text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

TEST_GROUP(DhGroups) {
  test::TemporaryFolder folder;

  std::string failure(const std::string &contents) {
    const core::EditValue value{folder.write("dh", contents)};
    auto finding = ossl::check_value(core::FileCheck::dh_groups, value, 0);
    return finding ? "none" : finding.error().message;
  }
};

TEST(DhGroups, FilesWithoutUsableGroupsAreErrors) {
  const auto key = test::make_ec_key();
  for (const std::string &contents :
       {std::string{}, std::string(100000, 'x'), test::to_pem(key.get()),
        std::string("-----BEGIN DH PARAMETERS-----\nMIIB")}) {
    STRCMP_CONTAINS("dh': file contained no DH parameters", failure(contents).c_str());
  }
}

TEST(DhGroups, DamagedGroupsAreErrors) {
  STRCMP_CONTAINS(
      "dh': damaged DH parameters: ",
      failure("-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n").c_str());
  // p = 4, g = 2
  STRCMP_CONTAINS("dh': damaged DH parameters: ",
                  failure("-----BEGIN DH PARAMETERS-----\nMAYCAQQCAQI=\n-----END DH "
                          "PARAMETERS-----\n")
                      .c_str());
}

TEST(DhGroups, WhatIsDamagedAfterAGoodGroupIsAnErrorToo) {
  const std::string good = group_pem();
  STRCMP_EQUAL("none", failure(good).c_str());
  STRCMP_EQUAL("none", failure(good + "some remark\n" + good).c_str());
  STRCMP_CONTAINS("dh': damaged after the first DH parameters: ",
                  failure(good + good.substr(0, good.size() / 2)).c_str());
}

TEST(DhGroups, MissingFilesAreErrors) {
  const core::EditValue value{folder.path("missing")};
  auto finding = ossl::check_value(core::FileCheck::dh_groups, value, 0);
  CHECK_FALSE(finding.ok());
  STRCMP_CONTAINS("No such file or directory", finding.error().message.c_str());
}

TEST(DhGroups, NamedCurvesTheLibraryDoesNotKnowAreNamed) {
  CHECK_TRUE(ossl::try_groups("X25519:P-256").ok());
  CHECK_TRUE(ossl::try_groups("").ok());
  const auto status = ossl::try_groups("X25519:nope:P-256:nix");
  CHECK_FALSE(status.ok());
  STRCMP_EQUAL(
      "unable to use ECDH curves 'X25519:nope:P-256:nix': this OpenSSL does not know "
      "'nope', 'nix'",
      status.error().message.c_str());
}

TEST(DhGroups, TheLibraryTellsWhichVersionsAGroupIsFor) {
  using core::Protocol;
  const auto known = ossl::known_groups();
  struct Case {
    const char *list;
    core::ProtocolSet offered;
    std::size_t notices;
  };
  const Case cases[] = {
      {"X25519", core::kDefaultProtocols, 0},
      {"P-256", core::kDefaultProtocols, 0},
      {"secp384r1", {Protocol::tlsv1, Protocol::tlsv1_3}, 0},
      {"brainpoolP256r1", core::kDefaultProtocols, 1},
      {"brainpoolP256r1:X448", core::kDefaultProtocols, 0},
      {"brainpoolP256r1", {Protocol::tlsv1_2}, 0},
  };
  for (const Case &c : cases) {
    LONGS_EQUAL_TEXT(c.notices, core::group_notices(c.list, known, c.offered).size(), c.list);
  }
}
