// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/reply_text.h"

#include "CppUTest/TestHarness.h"

using mod_tls::core::fill_in;
using mod_tls::core::join;
using mod_tls::core::TextField;

TEST_GROUP(ReplyText) {
  const TextField fields[2] = {{"{a}", "one"}, {"{b}", "{a}"}};
};

TEST(ReplyText, PlaceholdersAreReplacedWhereverTheyStand) {
  STRCMP_EQUAL("one, one and one", fill_in("{a}, {a} and {a}", fields).c_str());
}

TEST(ReplyText, WhatIsFilledInIsNotLookedAtAgain) {
  STRCMP_EQUAL("{a}one", fill_in("{b}{a}", fields).c_str());
}

TEST(ReplyText, OtherBracesStay) {
  STRCMP_EQUAL("{c} {a {}", fill_in("{c} {a {}", fields).c_str());
  STRCMP_EQUAL("", fill_in("", fields).c_str());
}

TEST(ReplyText, ControlCharactersOfClientsForgeNoLine) {
  const TextField hostile[] = {{"{a}", "x\r\n221 \x1b[2J\x7f\t"}};
  STRCMP_EQUAL("x??221 ?[2J??\n", fill_in("{a}\n", hostile).c_str());
}

TEST(ReplyText, Utf8IsLeftAlone) {
  const TextField utf8[] = {{"{a}", "Gr\xc3\xbc\xc3\x9f"}};
  STRCMP_EQUAL("Gr\xc3\xbc\xc3\x9f", fill_in("{a}", utf8).c_str());
}

TEST(ReplyText, JoinPutsTheSeparatorBetweenWords) {
  const std::string_view words[] = {"a", "", "b"};
  STRCMP_EQUAL("a, , b", join(words, ", ").c_str());
  STRCMP_EQUAL("a", join(std::span{words}.first(1), ", ").c_str());
  STRCMP_EQUAL("", join({}, ", ").c_str());
}

TEST(ReplyText, EmptyFirstWordsAreSeparated) {
  const std::string_view words[] = {"", "b"};
  STRCMP_EQUAL(" b", join(words, " ").c_str());
}
