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
    {"shm:/file=/var/cache/tls", "shm:/file=/var/cache/tls 1800"},
    {"shm:/file=/var/cache/tls&size=65536 60", "shm:/file=/var/cache/tls&size=65536 60"},
    {"memcache:", "memcache: 1800"},
    {"other:a:b 7", "other:a:b 7"},
    {"Internal:", "Internal: 1800"},
};

constexpr Row kBad[] = {
    {"", "wrong number of parameters"},
    {"internal: 1 2", "wrong number of parameters"},
    {"on", "badly formatted parameter: 'on'"},
    {"internal", "badly formatted parameter: 'internal'"},
    {":", "session cache type '' not available"},
    {"shm:/file=/x 0", "timeout be greater than 1"},
    {"shm:/file=/x soon", "'soon' is not a valid timeout value"},
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

TEST(SessionCachePolicy, ProviderAndInformationAreSplitAtTheFirstColon) {
  const auto policy = parse_session_cache(split_words("third:/a:b 60"));
  CHECK_TRUE(policy.ok());
  CHECK_TRUE(policy->kind == SessionCachePolicy::Kind::external);
  STRCMP_EQUAL("third", policy->provider.c_str());
  STRCMP_EQUAL("/a:b", policy->info.c_str());
  LONGS_EQUAL(60, policy->timeout.count());
}

TEST(SessionCachePolicy, AnUnknownProviderIsToldWithThoseThatAreThere) {
  constexpr std::string_view kKnown[] = {"shm", "memcache"};
  const Error error = unknown_session_cache("shn", kKnown);
  CHECK_TRUE(error.message.starts_with("session cache type 'shn' not available"));
  CHECK_TRUE(error.message.find("off, internal:, shm:, memcache:;") != std::string::npos);
  CHECK_TRUE(error.message.find("mod_tls_shmcache.c") != std::string::npos);
}
