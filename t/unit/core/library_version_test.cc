// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/library_version.h"

#include "CppUTest/TestHarness.h"

using mod_tls::core::version_mismatch;

TEST_GROUP(LibraryVersion){};

TEST(LibraryVersion, TheSameVersionIsSilent) {
  STRCMP_EQUAL("", version_mismatch("3.0.22", "3.0.22").c_str());
}

TEST(LibraryVersion, OtherVersionsAreNamed) {
  STRCMP_EQUAL(
      "compiled using OpenSSL version '3.0.1' headers, but linked to OpenSSL version '3.5.0' "
      "library",
      version_mismatch("3.0.1", "3.5.0").c_str());
}
