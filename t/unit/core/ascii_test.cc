// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/ascii.h"

#include <string>
#include <string_view>
#include <utility>

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;
using namespace std::string_view_literals;

TEST_GROUP(Ascii){};

TEST(Ascii, LettersAreEqualInAnyCase) {
  CHECK_TRUE(equal_ignoring_case("TLSv1.3", "tlsV1.3"));
  CHECK_TRUE(equal_ignoring_case("", ""));
}

TEST(Ascii, OtherCharactersLengthsAndNonAsciiLettersDiffer) {
  CHECK_FALSE(equal_ignoring_case("on", "one"));
  CHECK_FALSE(equal_ignoring_case("[", "{"));
  CHECK_FALSE(equal_ignoring_case("\xc4", "\xe4"));
}

TEST(Ascii, UpperCaseIsAsciiOnly) {
  STRCMP_EQUAL("TLS-C AZ@[`{", upper_case("tls-C az@[`{").c_str());
  STRCMP_EQUAL("\xc3\xbc", upper_case("\xc3\xbc").c_str());
}

TEST(Ascii, PrintableLineKeepsNewlinesAndWhatFits) {
  STRCMP_EQUAL("a\n  b", printable_line("a\n  b", 5).c_str());
  STRCMP_EQUAL("k\xc3\xa9y", printable_line("k\xc3\xa9y", 4).c_str());
  STRCMP_EQUAL("", printable_line("", 3).c_str());
}

TEST(Ascii, PrintableLineShowsOtherControlCharactersAsQuestionMarks) {
  STRCMP_EQUAL("?[31mFOO?x?y??", printable_line("\x1b[31mFOO\rx\ty\0\x7f"sv, 80).c_str());
}

TEST(Ascii, PrintableLineEndsInDotsWhereItIsCut) {
  STRCMP_EQUAL("abc...", printable_line("abcdefg", 6).c_str());
  STRCMP_EQUAL("abcdef", printable_line("abcdef", 6).c_str());
  STRCMP_EQUAL("...", printable_line("abcd", 3).c_str());
}

TEST(Ascii, PrintableLineIsNotCutInsideACharacter) {
  STRCMP_EQUAL("a...", printable_line("a\xc3\xa9yyyy", 5).c_str());
  STRCMP_EQUAL("a\xc3\xa9...", printable_line("a\xc3\xa9yyyy", 6).c_str());
}

TEST(Ascii, PrintableKeepsCharactersOfUtf8OnTheirOwn) {
  constexpr std::string_view kWhole[] = {"k\xc3\xa9y",   "\xe2\x82\xac 5",   "\xf0\x9f\x94\x91",
                                         "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf", "\xc2\xa0"};
  for (const std::string_view text : kWhole) CHECK_TRUE(printable(text) == text);
}

TEST(Ascii, PrintableShowsBytesOfNoCharacterAsQuestionMarks) {
  constexpr std::pair<std::string_view, std::string_view> kBroken[] = {
      {"A\xef?[31mB\xff", "A??[31mB?"},
      {"\x9b"
       "31m",
       "?31m"},  // a control sequence of C1, in one byte
      {"\xc2\x9b"
       "31m",
       "??31m"},                     // the same in UTF-8
      {"\xc0\xaf", "??"},            // a slash, made too long
      {"\xed\xa0\x80", "???"},       // half a pair of UTF-16
      {"\xf4\x90\x80\x80", "????"},  // behind the last character there is
      {"\xf5\x80\x80\x80", "????"},
      {"\xe2\x82", "??"},  // cut off
      {"\xe2\x82x", "??x"},
      {"\x80\xc3\xa9", "?\xc3\xa9"},
  };
  for (const auto &[text, shown] : kBroken)
    STRCMP_EQUAL(std::string(shown).c_str(), printable(text).c_str());
}

TEST(Ascii, QuotedKeepsOrdinaryTextWhole) {
  STRCMP_EQUAL("'/etc/ssl/server k\xc3\xa9y.pem'",
               quoted("/etc/ssl/server k\xc3\xa9y.pem").c_str());
}

TEST(Ascii, QuotedCannotForgeALine) {
  STRCMP_EQUAL("'a?fatal: b?'", quoted("a\nfatal: b\x7f").c_str());
  CHECK_EQUAL(5U, quoted("a\0b"sv).size());
}

TEST(Ascii, ControlCharactersAreFound) {
  CHECK_TRUE(has_control_character("a\0b"sv));
  CHECK_TRUE(has_control_character("\t"));
  CHECK_TRUE(has_control_character("\x7f"));
  CHECK_FALSE(has_control_character("/plain \xc3\xa4"));
}
