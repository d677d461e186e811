// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/ocsp_freshness.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

TEST_GROUP(OcspFreshness){};

TEST(OcspFreshness, NothingIsStapledPastNextUpdate) {
  LONGS_EQUAL(5000, stapled_until({.obtained = 1000, .next_update = 5000}));
}

TEST(OcspFreshness, WithoutNextUpdateAResponseServesForADay) {
  LONGS_EQUAL(1000 + 86400, stapled_until({.obtained = 1000}));
}

TEST(OcspFreshness, TheNextOneIsFetchedHalfWay) {
  LONGS_EQUAL(3000, refresh_at({.obtained = 1000, .next_update = 5000}));
  LONGS_EQUAL(1000 + 3600, refresh_at({.obtained = 1000}));
}

TEST(OcspFreshness, AnExpiredOneIsReplacedAtOnce) {
  LONGS_EQUAL(1000, refresh_at({.obtained = 1000, .next_update = 900}));
}

TEST(OcspFreshness, NoResponderIsAskedAgainAtOnce) {
  LONGS_EQUAL(1030, next_request({.obtained = 1000, .next_update = 1002}, 1000));
  LONGS_EQUAL(1030, next_request({.obtained = 1000, .next_update = 800}, 1000));
  LONGS_EQUAL(3000, next_request({.obtained = 1000, .next_update = 5000}, 1000));
}

TEST(OcspFreshness, FailuresAreRepeatedLessAndLessOften) {
  LONGS_EQUAL(0, retry_delay(0).count());
  LONGS_EQUAL(30, retry_delay(1).count());
  LONGS_EQUAL(60, retry_delay(2).count());
  LONGS_EQUAL(1920, retry_delay(7).count());
  LONGS_EQUAL(3600, retry_delay(8).count());
  LONGS_EQUAL(3600, retry_delay(4000000000U).count());
}
