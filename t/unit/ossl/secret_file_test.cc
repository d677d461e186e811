// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/secret_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "CppUTest/TestHarness.h"

using namespace mod_tls;
namespace fs = std::filesystem;

TEST_GROUP(SecretFile) {
  fs::path folder;
  fs::path file;

  void setup() override {
    folder = fs::temp_directory_path() / ("mod_tls-secret-" + std::to_string(getpid()));
    fs::create_directory(folder);
    file = folder / "secret";
  }
  void teardown() override {
    fs::remove_all(folder);
  }

  void write(const std::string &text, fs::perms mode = fs::perms::owner_read) {
    std::ofstream(file) << text;
    fs::permissions(file, mode);
  }
  void refused(const char *why) {
    const auto secret = ossl::read_secret_file(file);
    CHECK_FALSE(secret.ok());
    STRCMP_CONTAINS(file.c_str(), secret.error().message.c_str());
    STRCMP_CONTAINS(why, secret.error().message.c_str());
  }
};

TEST(SecretFile, IsReadWhole) {
  write("0123456789abcdef0123456789abcdef");
  const auto secret = ossl::read_secret_file(file);
  CHECK_TRUE(secret.ok());
  LONGS_EQUAL(32, secret->size());
}

TEST(SecretFile, MissingFilesAreTold) {
  refused("No such file or directory");
}

TEST(SecretFile, ShortAndLongOnesAreRefused) {
  write("short");
  refused("it has 5 bytes, not 32 to 4096");
  fs::remove(file);
  write(std::string(4097, 'x'));
  refused("it has 4097 bytes");
}

TEST(SecretFile, OneThatIsEasyToGuessIsRefused) {
  write(std::string(64, 'x'));
  refused("all its bytes are equal");
}

TEST(SecretFile, WhatOthersCanReadIsNoSecret) {
  write(std::string(63, 'x') + "y", fs::perms::owner_read | fs::perms::others_read);
  refused("others can use it");
}

TEST(SecretFile, Q23LinksAndOtherThingsAreRefused) {
  fs::create_symlink("/etc/passwd", file);
  refused("symbolic link");
  fs::remove(file);
  fs::create_directory(file);
  refused("not a regular file");
  fs::remove(file);
  mkfifo(file.c_str(), 0600);
  refused("not a regular file");
}
