// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/outage.h"

#include "CppUTest/TestHarness.h"

using mod_tls::cache::Outage;

TEST_GROUP(Outage) {
  Outage outage{};
};

TEST(Outage, AServerThatAnswersIsNotProbed) {
  CHECK_FALSE(outage.lasts());
  CHECK_FALSE(outage.claim_probe(1000));
  CHECK_FALSE(outage.ended());
}

TEST(Outage, BeginsOnceAndEndsOnce) {
  CHECK_TRUE(outage.failed(1000));
  CHECK_FALSE(outage.failed(1000));
  CHECK_TRUE(outage.lasts());
  CHECK_TRUE(outage.ended());
  CHECK_FALSE(outage.ended());
  CHECK_FALSE(outage.lasts());
}

TEST(Outage, OneCallerProbesWhenThePauseIsOver) {
  CHECK_TRUE(outage.failed(1000));
  for (int i = 0; i < Outage::kShortestPause; i++) CHECK_FALSE(outage.claim_probe(1000 + i));
  CHECK_TRUE(outage.claim_probe(1000 + Outage::kShortestPause));
  CHECK_FALSE(outage.claim_probe(1000 + Outage::kShortestPause));
}

TEST(Outage, AProcessThatDiesWithItsProbeIsFollowedByAnother) {
  CHECK_TRUE(outage.failed(1000));
  CHECK_TRUE(outage.claim_probe(1002));
  CHECK_FALSE(outage.claim_probe(1003));
  CHECK_TRUE(outage.claim_probe(1004));
}

TEST(Outage, PausesGrowToABound) {
  std::time_t now = 1000;
  for (const int pause : {2, 4, 8, 16, 32, 32, 32}) {
    (void)outage.failed(now);
    CHECK_FALSE(outage.claim_probe(now + pause - 1));
    CHECK_TRUE(outage.claim_probe(now + pause));
    now += pause;
  }
}

TEST(Outage, AClockThatIsSetBackDoesNotProlongIt) {
  CHECK_TRUE(outage.failed(1'000'000));
  CHECK_TRUE(outage.claim_probe(1000));
}
