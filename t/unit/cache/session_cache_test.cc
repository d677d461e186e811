// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/session_cache.h"

#include "cache/memory_store.h"

#include "CppUTest/TestHarness.h"
#include "store_contract.h"

using namespace mod_tls;
using cache::Outcome;
using test::sample;

namespace {

/// A store that is down.
class DeadStore final : public cache::ByteStore {
 public:
  Outcome put(cache::ByteView, cache::ByteView, std::time_t, std::time_t) override {
    return Outcome::unavailable;
  }
  cache::Found get(cache::ByteView, std::time_t) override { return {Outcome::unavailable}; }
  Outcome remove(cache::ByteView) override { return Outcome::unavailable; }
  core::Result<std::uint64_t> clear() override { return core::Error{core::Errc::io, "down"}; }
  cache::StoreFacts facts() override { return {}; }
};

}  // namespace

TEST_GROUP(SessionCache) {
  cache::MemoryStore store;
  cache::Counters counters{};
  cache::SessionCache sessions{store, counters};
};

TEST(SessionCache, CountsWhatHappens) {
  CHECK_TRUE(sessions.put(sample(32, 1), sample(10, 1), 200, 100) == Outcome::done);
  CHECK_TRUE(sessions.get(sample(32, 1), 100).outcome == Outcome::done);
  CHECK_TRUE(sessions.get(sample(32, 2), 100).outcome == Outcome::miss);
  CHECK_TRUE(sessions.remove(sample(32, 1)) == Outcome::done);
  const cache::CacheStatus status = sessions.status();
  LONGS_EQUAL(1, status.stored);
  LONGS_EQUAL(1, status.hits);
  LONGS_EQUAL(1, status.misses);
  LONGS_EQUAL(1, status.deleted);
  LONGS_EQUAL(0, status.errors);
}

TEST(SessionCache, WhatHasExpiredAlreadyIsNotStored) {
  CHECK_TRUE(sessions.put(sample(32, 1), sample(10, 1), 100, 100) == Outcome::done);
  LONGS_EQUAL(0, sessions.status().stored);
  LONGS_EQUAL(0, store.facts().entries);
}

TEST(SessionCache, Q63TheLargestThatDidNotFitIsKnown) {
  CHECK_TRUE(sessions.put(sample(32, 1), sample(cache::kMaxEntry, 1), 200, 1) == Outcome::done);
  for (const std::size_t more : {1U, 500U, 7U}) {
    const auto value = sample(cache::kMaxEntry + more, 1);
    CHECK_TRUE(sessions.put(sample(32, 2), value, 200, 1) == Outcome::too_large);
  }
  LONGS_EQUAL(3, sessions.status().exceeded);
  LONGS_EQUAL(cache::kMaxEntry + 500, sessions.status().largest_exceeding);
}

TEST(SessionCache, Q20WhatIsNotOursWasNoHit) {
  sessions.put(sample(32, 1), sample(10, 1), 200, 100);
  CHECK_TRUE(sessions.get(sample(32, 1), 100).outcome == Outcome::done);
  sessions.reject(sample(32, 1));
  LONGS_EQUAL(0, sessions.status().hits);
  LONGS_EQUAL(1, sessions.status().misses);
  LONGS_EQUAL(1, sessions.status().errors);
  LONGS_EQUAL(0, store.facts().entries);
}

TEST(SessionCache, ADeadStoreIsCountedAndToldApartFromAMiss) {
  DeadStore dead;
  cache::SessionCache cache{dead, counters};
  CHECK_TRUE(cache.put(sample(32, 1), sample(10, 1), 200, 1) == Outcome::unavailable);
  CHECK_TRUE(cache.get(sample(32, 1), 1).outcome == Outcome::unavailable);
  CHECK_TRUE(cache.remove(sample(32, 1)) == Outcome::unavailable);
  CHECK_FALSE(cache.clear().ok());
  LONGS_EQUAL(3, cache.status().errors);
  LONGS_EQUAL(0, cache.status().misses);
}
