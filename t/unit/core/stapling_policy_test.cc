// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/stapling_policy.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"
#include "words.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;
using mod_tls::test::split_words;
using Switch = StaplingPolicy::Switch;

TEST_GROUP(StaplingPolicy){};

TEST(StaplingPolicy, OptionsAddUp) {
  StaplingOptions options = *parse_stapling_options(split_words("NoVerify NoNonce"));
  STRCMP_EQUAL("NoNonce NoVerify", to_string(options).c_str());
  options.add(StaplingOption::no_fake_try_later);
  CHECK_TRUE(options.has(StaplingOption::no_fake_try_later));
  CHECK_TRUE(options.has(StaplingOption::no_nonce));
  STRCMP_EQUAL("none", to_string(StaplingOptions{}).c_str());
}

TEST(StaplingPolicy, OptionsAreComparedWithCase) {
  check_refused(parse_stapling_options(split_words("nononce")),
                "unknown TLSStaplingOption 'nononce'", "nononce");
  check_refused(parse_stapling_options({}), "wrong number of parameters", "");
}

TEST(StaplingPolicy, ACacheIsAProviderAndItsInfo) {
  const StaplingCachePolicy cache = *parse_stapling_cache(split_words("fs:/path=/var/cache/ocsp"));
  STRCMP_EQUAL("fs", cache.provider.c_str());
  STRCMP_EQUAL("/path=/var/cache/ocsp", cache.info.c_str());
  STRCMP_EQUAL("fs:/path=/var/cache/ocsp", to_string(cache).c_str());
  STRCMP_EQUAL("off", to_string(*parse_stapling_cache(split_words("OFF"))).c_str());
}

TEST(StaplingPolicy, OtherCachesAreRefused) {
  check_refused(parse_stapling_cache({}), "missing parameters", "");
  check_refused(parse_stapling_cache(split_words("shm")), "badly formatted parameter 'shm'", "shm");
  check_refused(parse_stapling_cache(split_words(":x")), "badly formatted parameter ':x'", ":x");
}

TEST(StaplingPolicy, TestQ58ACacheSwitchesStaplingOnUnlessItIsSwitchedOff) {
  StaplingPolicy policy;
  CHECK_FALSE(policy.enabled());
  policy.cache.provider = "shm";
  CHECK_TRUE(policy.enabled());
  policy.wanted = Switch::off;
  CHECK_FALSE(policy.enabled());
  policy = {.wanted = Switch::on};
  CHECK_TRUE(policy.enabled());
}
