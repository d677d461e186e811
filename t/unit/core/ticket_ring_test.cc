// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/ticket_ring.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;
using std::chrono::seconds;

namespace {

constexpr seconds kAge{1000};
constexpr seconds kInterval{100};

TicketTime at(int second) {
  return TicketTime{seconds{1'000'000 + second}};
}

TicketKeyName name_of(int number) {
  TicketKeyName name{};
  name[0] = static_cast<std::byte>(number);
  return name;
}

/// Key `number`, which seals from `second` on.
TicketKey make_key(int number, int second) {
  std::array<std::byte, 32> bytes{};
  bytes.fill(static_cast<std::byte>(0xA0 + number));
  return {.name = name_of(number),
          .cipher = SecretArray<32>{bytes},
          .mac = SecretArray<32>{bytes},
          .seals_from = at(second),
          .opens_until = at(second) + kAge};
}

/// Remembers what is in the memory that it gets back.
class Watcher final : public std::pmr::memory_resource {
 public:
  [[nodiscard]] bool saw(std::byte wanted) const {
    return std::ranges::find(returned_, wanted) != returned_.end();
  }
  [[nodiscard]] std::size_t returned() const { return returned_.size(); }

 private:
  void *do_allocate(std::size_t bytes, std::size_t alignment) override {
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  }
  void do_deallocate(void *memory, std::size_t bytes, std::size_t alignment) override {
    const std::span<const std::byte> all{static_cast<const std::byte *>(memory), bytes};
    returned_.insert(returned_.end(), all.begin(), all.end());
    std::pmr::new_delete_resource()->deallocate(memory, bytes, alignment);
  }
  [[nodiscard]] bool do_is_equal(const memory_resource &other) const noexcept override {
    return this == &other;
  }

  std::vector<std::byte> returned_;
};

}  // namespace

TEST_GROUP(TicketRing) {
  TicketRing ring{std::pmr::get_default_resource()};

  void add(int number, int second, std::size_t limit = 25) {
    ring.add(make_key(number, second), limit);
  }
  int sealing(int second) {
    const TicketKey *key = ring.sealing(at(second));
    return key == nullptr ? -1 : static_cast<int>(key->name[0]);
  }
  bool opens(int number, int second) {
    return ring.find(name_of(number), at(second)) != nullptr;
  }
};

TEST(TicketRing, AnEmptyRingNeitherSealsNorOpens) {
  LONGS_EQUAL(-1, sealing(0));
  CHECK_FALSE(opens(1, 0));
  CHECK_TRUE(ring.rotation_due(at(0), kInterval));
  ring.expire(at(0));
  ring.pin_sealing(at(0));
}

TEST(TicketRing, TheNewestKeySealsAndOlderOnesOpen) {  // Q16: there the oldest one seals
  add(1, 0);
  add(2, 100);
  add(3, 200);
  LONGS_EQUAL(3, sealing(250));
  for (int number = 1; number <= 3; number++) CHECK_TRUE(opens(number, 250));
  CHECK_FALSE(opens(4, 250));
}

TEST(TicketRing, AKeyOfTheFutureOpensButDoesNotSealYet) {
  add(2, 100);
  add(1, 0);
  LONGS_EQUAL(1, sealing(99));
  CHECK_TRUE(opens(2, 99));
  LONGS_EQUAL(2, sealing(100));
}

TEST(TicketRing, NothingIsOpenedAfterAKeysTime) {
  add(1, 0);
  CHECK_TRUE(opens(1, 999));
  CHECK_FALSE(opens(1, 1000));
}

TEST(TicketRing, AllExpiredKeysGoAtOnce) {  // Q16: there only the first one
  for (int number = 1; number <= 5; number++) add(number, number);
  add(6, 900);
  ring.expire(at(1200));
  UNSIGNED_LONGS_EQUAL(1, ring.size());
  LONGS_EQUAL(6, sealing(1200));
}

TEST(TicketRing, TheKeyThatSealsStaysHoweverOldItIs) {
  add(1, 0);
  ring.expire(at(100000));
  LONGS_EQUAL(1, sealing(100000));
  CHECK_FALSE(opens(1, 100000));
}

TEST(TicketRing, BeyondTheCountTheOldestGoes) {  // Q16: there the newest; Q59: none at all
  for (int number = 1; number <= 5; number++) add(number, number * 10, 3);
  UNSIGNED_LONGS_EQUAL(3, ring.size());
  CHECK_FALSE(opens(2, 60));
  CHECK_TRUE(opens(3, 60));
  LONGS_EQUAL(5, sealing(60));
}

TEST(TicketRing, AKeyIsHeldOnce) {
  add(1, 0);
  add(1, 50);
  UNSIGNED_LONGS_EQUAL(1, ring.size());
}

TEST(TicketRing, RotationIsDueAfterTheIntervalAndWhenTheClockWasSetBack) {
  add(1, 1000);
  CHECK_FALSE(ring.rotation_due(at(1000), kInterval));
  CHECK_FALSE(ring.rotation_due(at(1099), kInterval));
  CHECK_TRUE(ring.rotation_due(at(1100), kInterval));
  CHECK_FALSE(ring.rotation_due(at(900), kInterval));
  CHECK_TRUE(ring.rotation_due(at(899), kInterval));
}

TEST(TicketRing, RetiredKeysOpenAndLetAnyOtherSeal) {
  add(1, 500);
  add(2, 600);
  ring.retire();
  CHECK_TRUE(ring.rotation_due(at(601), kInterval));
  add(3, 100);
  LONGS_EQUAL(3, sealing(601));
  CHECK_TRUE(opens(1, 601) && opens(2, 601));
}

TEST(TicketRing, APinnedKeyOpensForEver) {
  add(1, 0);
  ring.pin_sealing(at(10));
  add(2, 500);
  ring.expire(at(100000));
  CHECK_TRUE(opens(1, 100000));
  UNSIGNED_LONGS_EQUAL(2, ring.size());
}

TEST(TicketRing, WhatLeavesIsWiped) {  // Q16
  Watcher watcher;
  {
    TicketRing watched{&watcher};
    for (int number = 1; number <= 9; number++) {
      watched.add(make_key(number, number), 4);
      const auto held = watched.keys();
      const auto *bytes = reinterpret_cast<const std::byte *>(held.data());
      const std::span all{bytes, held.size_bytes()};
      for (int gone = 1; gone <= number - 4; gone++) {
        CHECK_TRUE(std::ranges::find(all, static_cast<std::byte>(0xA0 + gone)) == all.end());
      }
    }
  }
  CHECK_TRUE(watcher.returned() > 0);
  for (int number = 1; number <= 9; number++) {
    CHECK_FALSE(watcher.saw(static_cast<std::byte>(0xA0 + number)));
  }
}
