// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/hashed_folder.h"

#include "CppUTest/TestHarness.h"
#include "test_pki.h"

using namespace mod_tls::ossl;

TEST_GROUP(HashedFolder) {
  mod_tls::test::TemporaryFolder folder;
};

TEST(HashedFolder, OnlyNamesOfTheKindCountSortedByName) {
  for (const char *name : {"9d66eef0.1", "9d66eef0.0", "0a000001.r0", "0a00000g.0", "9d66eef0.",
                           "9d66eef0.r", "9d66eef0.0x", "9d66eef01.0", "ca.pem", "9d66eef0"}) {
    folder.write(name, "");
  }
  const auto certificates = hashed_files(folder.path(""), HashedKind::certificate);
  LONGS_EQUAL(2, certificates.value().size());
  CHECK(certificates.value()[0].path.ends_with("/9d66eef0.0"));
  UNSIGNED_LONGS_EQUAL(0x9d66eef0, certificates.value()[1].hash);
  const auto crls = hashed_files(folder.path(""), HashedKind::crl);
  LONGS_EQUAL(1, crls.value().size());
  UNSIGNED_LONGS_EQUAL(0x0a000001, crls.value()[0].hash);
}

TEST(HashedFolder, AFolderThatCannotBeReadIsAnError) {
  const auto files = hashed_files(folder.path("none"), HashedKind::crl);
  STRCMP_EQUAL("No such file or directory", files.error().message.c_str());
}
