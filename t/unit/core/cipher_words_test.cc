// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/cipher_words.h"

#include <string>

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

namespace {

struct Case {
  const char *list;
  const char *words;  ///< Joined by blanks.
};

constexpr Case kCases[] = {
    {"", ""},
    {"HIGH", "HIGH"},
    {"HIGH:!aNULL,-RC4;+MD5 ADH", "HIGH aNULL RC4 MD5 ADH"},
    {"kRSA+AES128+SHA", "kRSA AES128 SHA"},
    {"!kRSA+RC4", "kRSA RC4"},
    {"ALL@SECLEVEL=0", "ALL"},
    {"@STRENGTH:HIGH:@SECLEVEL=1", "HIGH"},
    {"::HIGH::", "HIGH"},
    {"PROFILE=SYSTEM", ""},
    {"+", ""},
    {"@", ""},
    {"a@@b", "a"},
    {"+a++b+", "a b"},
};

std::string words_of(std::string_view list) {
  std::string joined;
  for (const std::string_view word : cipher_words(list)) {
    joined.append(joined.empty() ? "" : " ").append(word);
  }
  return joined;
}

}  // namespace

TEST_GROUP(CipherWords){};

TEST(CipherWords, ListsAreTakenApart) {
  for (const Case &c : kCases) STRCMP_EQUAL_TEXT(c.words, words_of(c.list).c_str(), c.list);
}

TEST(CipherWords, GroupsAndCiphersOfOldAreKnown) {
  for (const char *name : {"HIGH", "EXPORT", "aNULL", "SUITEB192", "RC4-MD5", "EXP-RC4-MD5",
                           "DES-CBC3-SHA", "EDH-RSA-DES-CBC3-SHA", "CAMELLIA256-SHA"}) {
    CHECK_TRUE_TEXT(is_cipher_word(name), name);
  }
}

TEST(CipherWords, SlipsAreNot) {
  for (const char *name : {"", "high", "aNUL", "HIGHER", "RC4MD5", "AES128-SHA", "TLSv1.3"}) {
    CHECK_FALSE_TEXT(is_cipher_word(name), name);
  }
}

TEST(CipherWords, CiphersAreTakenOutOfAList) {
  const std::string names[] = {"DES-CBC-SHA", "EXP-RC4-MD5"};
  STRCMP_EQUAL("ALL:!DES-CBC-SHA:!EXP-RC4-MD5", list_without("ALL", names).c_str());
  STRCMP_EQUAL("ALL", list_without("ALL", {}).c_str());
}
