// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/duration.h"

#include <string>

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

namespace {

struct Good {
  const char *text;
  long seconds;
};

constexpr Good kGood[] = {
    {"0", 0},
    {"300", 300},
    {"007", 7},
    {"5s", 5},
    {"5S", 5},
    {"90sec", 90},
    {"90SEC", 90},
    {"10m", 600},
    {"10min", 600},
    {"10Min", 600},
    {"2h", 7200},
    {"2hr", 7200},
    {"2HR", 7200},
    {"00:00:00", 0},
    {"01:02:03", 3723},
    {"1:2:3", 3723},
    {"99:59:59", 359999},
    {"2147483647", 2147483647},
    {"35791394m", 2147483640},
    {"596523hr", 2147482800},
};

constexpr const char *kNoDuration[] = {
    "",          "sec",      "s",        "-",        "--5",    "+5",       "5x",
    "5 s",       " 5",       "5 ",       "5ss",      "5hours", "1.5",      "0x10",
    "1e3",       "5s5",      "1:2",      "1:2:3:4",  ":",      "::",       "1::3",
    "100:00:00", "00:60:00", "00:00:60", "-1:00:00", "1:-2:3", "01:02:3s", "01:02:03junk",
};

constexpr const char *kOutOfRange[] = {
    "-1",
    "-5sec",
    "-99999999999999999999",
    "2147483648",
    "35791395m",
    "596524h",
    "99999999999999999999999999999999999999",
};

void check_error(const char *text, Errc code, const char *message) {
  const auto result = parse_duration(text);
  CHECK_FALSE_TEXT(result.ok(), text);
  CHECK_TRUE_TEXT(result.error().code == code, text);
  STRCMP_EQUAL_TEXT(message, result.error().message.c_str(), text);
}

}  // namespace

TEST_GROUP(Duration){};

TEST(Duration, EveryDocumentedFormIsTaken) {
  for (const Good &row : kGood) {
    const auto result = parse_duration(row.text);
    CHECK_TRUE_TEXT(result.ok(), row.text);
    LONGS_EQUAL_TEXT(row.seconds, result->count(), row.text);
  }
}

TEST(Duration, OtherTextIsInvalid) {
  for (const char *text : kNoDuration) check_error(text, Errc::bad_syntax, "Invalid argument");
}

TEST(Duration, NegativeAndHugeValuesAreOutOfRange) {
  for (const char *text : kOutOfRange) {
    check_error(text, Errc::bad_value, "Numerical result out of range");
  }
}

TEST(Duration, PlainSecondsHaveNoUnit) {
  LONGS_EQUAL(1800, parse_seconds("1800")->count());
  for (const char *text : {"", "30m", "1:2:3", "x", "+1", "-"}) {
    const auto result = parse_seconds(text);
    CHECK_FALSE_TEXT(result.ok(), text);
    CHECK_TRUE_TEXT(result.error().code == Errc::bad_syntax, text);
  }
  CHECK_TRUE(parse_seconds("-1").error().code == Errc::bad_value);
  CHECK_TRUE(parse_seconds("2147483648").error().code == Errc::bad_value);
}
