// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/psk_key.h"

#include <algorithm>
#include <array>

#include "core/directive_parser.h"
#include "words.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;
using mod_tls::test::split_words;

namespace {

constexpr char kDigits[] = "00112233445566778899aAbBcCdDeEfF";
constexpr std::array<std::uint8_t, 16> kBytes{0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                              0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};

Result<PskFile> parse(std::string_view line) {
  return parse_psk(split_words(line));
}

bool decodes(const std::string &text) {
  const auto key = decode_psk(text);
  return key.ok() && std::ranges::equal(key.value().view(), kBytes);
}

struct Case {
  std::string text;
  const char *start;
};

}  // namespace

TEST_GROUP(PskKey){};

TEST(PskKey, ADirectiveNamesAnIdentityAndAFile) {
  const auto file = parse("alice hex:/etc/alice.psk more");
  STRCMP_EQUAL("alice", file.value().identity.c_str());
  STRCMP_EQUAL("/etc/alice.psk", file.value().path.c_str());
  STRCMP_EQUAL("alice hex:/etc/alice.psk", to_string(*file).c_str());
}

TEST(PskKey, OtherFormsAreRefused) {
  check_refused(parse(""), "missing parameters", "");
  check_refused(parse("alice"), "missing parameters", "one word");
  check_refused(parse("alice /etc/key"),
                "unsupported TLSPreSharedKey format: '/etc/key' (allowed: ", "no format");
  check_refused(parse("alice HEX:/etc/key"), "unsupported TLSPreSharedKey format", "case");
  check_refused(parse("alice he"), "unsupported TLSPreSharedKey format", "short");
  check_refused(parse("alice hex:key"), "parameter must be an absolute path: 'hex:key'",
                "relative");
  check_refused(parse("alice hex:"), "parameter must be an absolute path", "no path");
  check_refused(parse("alice hex:/a\x01"), "parameter must be an absolute path", "control");
  check_refused(parse("a\x01 hex:/a"), "TLSPreSharedKey identity 'a?' cannot be used", "control");
  const std::array<std::string_view, 2> empty{"", "hex:/a"};
  check_refused(parse_psk(empty), "TLSPreSharedKey identity '' cannot be used", "empty identity");
}

TEST(PskKey, TheMessageAboutALongIdentityEndsThere) {
  const std::string identity(kMaxPskIdentity + 1, 'i');
  const auto refused = parse(identity + " hex:/etc/key");
  STRCMP_EQUAL(("TLSPreSharedKey identity '" + identity + "' exceed maximum length 256").c_str(),
               refused.error().message.c_str());
  CHECK_TRUE(parse(identity.substr(1) + " hex:/etc/key").ok());
}

TEST(PskKey, DigitsAreDecodedExactly) {
  CHECK_TRUE(decodes(kDigits));
  for (const char *end : {"\n", "\r\n", "\r"}) CHECK_TRUE(decodes(std::string(kDigits) + end));
  LONGS_EQUAL(32, decode_psk(std::string(64, '0')).value().size());
}

TEST(PskKey, BitsOfTheKeyAreCounted) {
  LONGS_EQUAL(10, decode_psk(std::string(20, '0')).value().size());
  check_refused(decode_psk(std::string(18, 'f')), "the key has only 72 bits; at least 80", "18");
  CHECK_TRUE(decode_psk(std::string(2 * kMaxPskBytes, 'a')).ok());
}

TEST(PskKey, WhatIsNotAKeyIsRefusedWithoutRepeatingIt) {
  const Case cases[] = {
      {"", "the file is empty"},
      {"\n", "the file is empty"},
      {std::string(kDigits) + "0", "an odd number of hexadecimal digits"},
      {std::string(kDigits) + "\n\n", "the file contains something other than hexadecimal digits"},
      {" " + std::string(kDigits), "the file contains something other than hexadecimal digits"},
      {"0x" + std::string(kDigits), "the file contains something other than hexadecimal digits"},
      {std::string(32, '\0'), "the file contains something other than hexadecimal digits"},
      {std::string(2 * kMaxPskBytes + 2, 'a'), "the key is longer than 512 bytes"},
  };
  for (const Case &c : cases) {
    check_refused(decode_psk(c.text), c.start, c.text.c_str());
    CHECK_EQUAL(std::string::npos, decode_psk(c.text).error().message.find("0011"));
  }
}

TEST(PskKey, TheLogSaysWhatALookupCameTo) {
  STRCMP_EQUAL("found PSK (16 bytes) for identity 'a'", psk_lookup_line("a", 16, 1).c_str());
  STRCMP_EQUAL("warning: requested PSK identity 'a?' not configured, providing random fake PSK",
               psk_lookup_line("a\n", 0, 1).c_str());
  STRCMP_EQUAL("warning: no pre-shared keys configured, providing random fake PSK for identity 'a'",
               psk_lookup_line("a", 0, 0).c_str());
  STRCMP_EQUAL("error: client did not provide PSK identity name, providing random fake PSK",
               psk_lookup_line("", 0, 1).c_str());
}
