// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/memory_store.h"

#include "CppUTest/TestHarness.h"
#include "store_contract.h"

using namespace mod_tls;
using test::sample;

TEST_GROUP(MemoryStore){};

TEST(MemoryStore, KeepsTheContract) {
  cache::MemoryStore store;
  test::check_store_contract(store);
  LONGS_EQUAL(0, store.facts().entries);
}

TEST(MemoryStore, NamesAreListedUpToALimit) {
  cache::MemoryStore store;
  test::check_names(store);
}

TEST(MemoryStore, ExpiredEntriesAreMisses) {
  cache::MemoryStore store;
  store.put(sample(4, 1), sample(4, 2), 100, 50);
  CHECK_TRUE(store.get(sample(4, 1), 99).outcome == cache::Outcome::done);
  CHECK_TRUE(store.get(sample(4, 1), 100).outcome == cache::Outcome::miss);
  LONGS_EQUAL(1, store.facts().expired);
}
