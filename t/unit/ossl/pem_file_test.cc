// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/pem_file.h"

#include <sys/stat.h>

#include <array>

#include "CppUTest/TestHarness.h"
#include "test_pki.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;
using ossl::PemFile;

TEST_GROUP(PemFile) {
  test::TemporaryFolder folder;

  std::string failure(const std::string &path) {
    auto file = PemFile::read(path);
    return file ? "none" : file.error().message;
  }
};

TEST(PemFile, ContentsAreReadAsTheyAre) {
  const std::string contents{"line\n\0more", 10};
  auto file = PemFile::read(folder.write("file", contents));
  CHECK(file.ok());
  const auto bio = file->bio();
  std::array<char, 100> read{};
  LONGS_EQUAL(10, BIO_read(bio.get(), read.data(), static_cast<int>(read.size())));
  MEMCMP_EQUAL(contents.data(), read.data(), contents.size());
}

TEST(PemFile, AnEmptyFileIsEmpty) {
  auto file = PemFile::read(folder.write("file", ""));
  CHECK(file.ok());
  CHECK(file->empty());
}

TEST(PemFile, AMissingFileIsNotFound) {
  auto file = PemFile::read(folder.path("missing"));
  CHECK_FALSE(file.ok());
  CHECK(file.error().code == core::Errc::not_found);
  STRCMP_EQUAL("No such file or directory", file.error().message.c_str());
}

TEST(PemFile, FoldersFifosAndDevicesAreRefusedWithoutWaiting) {
  STRCMP_EQUAL("Is a directory", failure(folder.path("")).c_str());
  const std::string fifo = folder.path("fifo");
  LONGS_EQUAL(0, ::mkfifo(fifo.c_str(), 0600));
  STRCMP_EQUAL("not a regular file", failure(fifo).c_str());
  STRCMP_EQUAL("not a regular file", failure("/dev/zero").c_str());
}

TEST(PemFile, TheLargestFileIsReadAndOneByteMoreIsNot) {
  const std::string largest(ossl::kMaxPemFile, 'x');
  CHECK(PemFile::read(folder.write("largest", largest)).ok());
  STRCMP_CONTAINS("larger than 4 MiB", failure(folder.write("larger", largest + "x")).c_str());
}
