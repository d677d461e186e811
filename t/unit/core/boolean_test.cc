// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/boolean.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

TEST_GROUP(Boolean){};

TEST(Boolean, EverySpellingOfTheHostIsTakenInAnyCase) {
  for (const char *word : {"on", "yes", "true", "1", "ON", "Yes", "tRuE"}) {
    CHECK_TRUE_TEXT(parse_boolean(word) == true, word);
  }
  for (const char *word : {"off", "no", "false", "0", "OFF", "No", "FALSE"}) {
    CHECK_TRUE_TEXT(parse_boolean(word) == false, word);
  }
}

TEST(Boolean, AnythingElseIsNone) {
  for (const char *word : {"", "o", "onn", "of", "2", "01", "-1", " on", "on ", "enable", "y"}) {
    CHECK_FALSE_TEXT(parse_boolean(word).has_value(), word);
  }
}
