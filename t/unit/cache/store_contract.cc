// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "store_contract.h"

#include <cstddef>
#include <set>

#include "CppUTest/TestHarness.h"

namespace mod_tls::test {

using cache::Bytes;
using cache::ByteStore;
using cache::Outcome;

namespace {

constexpr std::time_t kNow = 1'800'000'000;
constexpr std::time_t kLater = kNow + 1800;

bool has(ByteStore &store, const Bytes &name, const Bytes &value, std::time_t now = kNow) {
  const auto found = store.get(name, now);
  return found.outcome == Outcome::done && found.bytes == value;
}

bool lacks(ByteStore &store, const Bytes &name, std::time_t now = kNow) {
  const auto found = store.get(name, now);
  return found.outcome == Outcome::miss && found.bytes.empty();
}

void check_put_get_remove(ByteStore &store) {
  const Bytes name = sample(32, 1);
  CHECK_TRUE(lacks(store, name));
  CHECK_TRUE(store.remove(name) == Outcome::miss);
  CHECK_TRUE(store.put(name, sample(1500, 2), kLater, kNow) == Outcome::done);
  CHECK_TRUE(has(store, name, sample(1500, 2)));
  CHECK_TRUE(has(store, name, sample(1500, 2)));
  CHECK_TRUE(store.remove(name) == Outcome::done);
  CHECK_TRUE(lacks(store, name));
}

void check_replacing(ByteStore &store) {
  const Bytes name = sample(20, 3);
  CHECK_TRUE(store.put(name, sample(3000, 4), kLater, kNow) == Outcome::done);
  CHECK_TRUE(store.put(name, sample(10, 5), kLater, kNow) == Outcome::done);
  CHECK_TRUE(has(store, name, sample(10, 5)));
  CHECK_TRUE(store.remove(name) == Outcome::done);
  CHECK_TRUE(lacks(store, name));
}

void check_sizes(ByteStore &store) {
  for (const std::size_t size : {0U, 1U, 7U, 8U, 9U, 255U, 256U, 4096U, 6000U}) {
    const Bytes name = sample(1 + size % 64, 100 + static_cast<unsigned>(size));
    CHECK_TRUE(store.put(name, sample(size, 6), kLater, kNow) == Outcome::done);
    CHECK_TRUE(has(store, name, sample(size, 6)));
    CHECK_TRUE(store.remove(name) == Outcome::done);
  }
}

void check_names_are_whole(ByteStore &store) {
  const Bytes name = sample(32, 7);
  Bytes longer = name;
  longer.push_back(0);
  const Bytes shorter(name.begin(), name.end() - 1);
  CHECK_TRUE(store.put(name, sample(5, 8), kLater, kNow) == Outcome::done);
  CHECK_TRUE(lacks(store, longer));
  CHECK_TRUE(lacks(store, shorter));
  CHECK_TRUE(store.remove(longer) == Outcome::miss);
  CHECK_TRUE(has(store, name, sample(5, 8)));
  CHECK_TRUE(store.remove(name) == Outcome::done);
}

void check_clear(ByteStore &store) {
  CHECK_TRUE(store.clear().ok());  // servers do not know what was replaced: begin at nothing
  for (unsigned int i = 0; i < 20; i++) {
    CHECK_TRUE(store.put(sample(32, 1000 + i), sample(50, i), kLater, kNow) == Outcome::done);
  }
  const auto cleared = store.clear();
  CHECK_TRUE(cleared.ok());
  LONGS_EQUAL(20, *cleared);
  for (unsigned int i = 0; i < 20; i++) CHECK_TRUE(lacks(store, sample(32, 1000 + i)));
  CHECK_TRUE(store.put(sample(32, 1000), sample(50, 1), kLater, kNow) == Outcome::done);
  CHECK_TRUE(has(store, sample(32, 1000), sample(50, 1)));
  CHECK_TRUE(store.remove(sample(32, 1000)) == Outcome::done);
}

}  // namespace

Bytes sample(std::size_t size, unsigned int seed) {
  Bytes bytes(size);
  std::uint32_t state = seed * 2654435761U + 1;
  for (unsigned char &byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<unsigned char>(state >> 24);
  }
  return bytes;
}

void check_names(ByteStore &store) {
  LONGS_EQUAL(0, store.names(10).size());
  std::set<Bytes> all;
  for (unsigned int i = 0; i < 40; i++) {
    const Bytes name = sample(20 + i, 2000 + i);
    CHECK_TRUE(store.put(name, sample(300, i), kLater, kNow) == Outcome::done);
    CHECK_TRUE(store.put(name, sample(400, i), kLater, kNow) == Outcome::done);
    if (i % 4 == 0) {
      CHECK_TRUE(store.remove(name) == Outcome::done);
    } else {
      all.insert(name);
    }
  }
  const auto names = store.names(100);
  CHECK_TRUE(std::set<Bytes>(names.begin(), names.end()) == all);
  LONGS_EQUAL(all.size(), names.size());
  LONGS_EQUAL(7, store.names(7).size());
  LONGS_EQUAL(0, store.names(0).size());
  CHECK_TRUE(store.clear().ok());
  LONGS_EQUAL(0, store.names(10).size());
}

void check_store_contract(ByteStore &store) {
  check_put_get_remove(store);
  check_replacing(store);
  check_sizes(store);
  check_names_are_whole(store);
  check_clear(store);
}

}  // namespace mod_tls::test
