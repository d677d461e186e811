// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/text_lines.h"

#include <string>

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

TEST_GROUP(TextLines){};

TEST(TextLines, LinesAreCountedFromOne) {
  constexpr std::string_view kText = "one\n\nthree";
  const char *expected[] = {"", "one", "", "three", ""};
  for (unsigned i = 0; i < 5; i++) {
    STRCMP_EQUAL(expected[i], std::string(line_of(kText, i)).c_str());
  }
  STRCMP_EQUAL("", std::string(line_of("", 1)).c_str());
}

TEST(TextLines, PartsAreFoundInAnyCase) {
  CHECK_TRUE(contains_ignoring_case("  tlsENGINE on", "TLSEngine"));
  CHECK_FALSE(contains_ignoring_case("TLSEngin", "TLSEngine"));
}
