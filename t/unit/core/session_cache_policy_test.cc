// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/session_cache_policy.h"

#include "words.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;
using mod_tls::test::split_words;

namespace {

struct Row {
  const char *line;
  const char *text;
};

constexpr Row kGood[] = {
    {"off", "off"},
    {"OFF", "off"},
    {"no", "off"},
    {"off 5", "off"},
    {"internal:", "internal: 1800"},
    {"internal:whatever", "internal: 1800"},
    {"internal: 1", "internal: 1"},
    {"internal: 15840", "internal: 15840"},
    {"internal: 2147483647", "internal: 2147483647"},
};

constexpr Row kBad[] = {
    {"", "wrong number of parameters"},
    {"internal: 1 2", "wrong number of parameters"},
    {"on", "badly formatted parameter: 'on'"},
    {"internal", "badly formatted parameter: 'internal'"},
    {"shm:/file=/var/cache/tls", "session cache type 'shm' not available"},
    {"memcache:", "session cache type 'memcache' not available"},
    {"Internal:", "session cache type 'Internal' not available"},
    {":", "session cache type '' not available"},
    {"internal: x", "'x' is not a valid timeout value"},
    {"internal: 1h", "'1h' is not a valid timeout value"},
    {"internal: -", "'-' is not a valid timeout value"},
    {"internal: 99999999999999999999", "'99999999999999999999' is not a valid timeout value"},
    {"internal: 0", "timeout be greater than 1"},
    {"internal: -5", "timeout be greater than 1"},
};

}  // namespace

TEST_GROUP(SessionCachePolicy){};

TEST(SessionCachePolicy, EveryFormOfThisVersionIsTaken) {
  for (const Row &row : kGood) {
    const auto result = parse_session_cache(split_words(row.line));
    CHECK_TRUE_TEXT(result.ok(), row.line);
    STRCMP_EQUAL_TEXT(row.text, to_string(*result).c_str(), row.line);
  }
}

TEST(SessionCachePolicy, ErrorsStartAsTheyAlwaysDid) {
  for (const Row &row : kBad) {
    check_refused(parse_session_cache(split_words(row.line)), row.text, row.line);
  }
}
