// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/shm_table.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstring>

#include "CppUTest/TestHarness.h"
#include "store_contract.h"

using namespace mod_tls;
using cache::Outcome;
using cache::ShmTable;
using test::sample;

namespace {

constexpr std::time_t kNow = 1'800'000'000;
constexpr std::time_t kLater = kNow + 1800;

/// Memory that children share.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t size)
      : size_(size),
        data_(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {}
  SharedMemory(const SharedMemory &) = delete;
  SharedMemory &operator=(const SharedMemory &) = delete;
  ~SharedMemory() { munmap(data_, size_); }
  [[nodiscard]] std::span<std::byte> bytes() const {
    return {static_cast<std::byte *>(data_), size_};
  }

 private:
  std::size_t size_;
  void *data_;
};

int probes_left = 0;  // NOLINT: the probe is a plain function

void die_at_last_probe() {
  if (--probes_left == 0) raise(SIGKILL);
}

/// Runs `work` in a child that dies at the given probe; whether it got that far.
template <class Work>
bool dies_at(int probe, std::span<std::byte> memory, const Work &work) {
  const pid_t child = fork();
  if (child == 0) {
    probes_left = probe;
    ShmTable table(memory, die_at_last_probe);
    work(table);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

std::uint64_t resets(std::span<std::byte> memory) {
  const auto *header = reinterpret_cast<const cache::SegmentHeader *>(memory.data());
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < header->shard_count; i++) {
    const auto *shard = memory.data() + cache::kHeaderBytes + i * header->shard_bytes;
    count += reinterpret_cast<const cache::ShardHeader *>(shard)->resets;
  }
  return count;
}

/// A child that sleeps inside the lock of `name`, and ends by itself; returns when it is in there.
class Sleeper {
 public:
  Sleeper(std::span<std::byte> memory, const cache::Bytes &name, unsigned int milliseconds) {
    int ends[2] = {-1, -1};
    CHECK_EQUAL(0, pipe(ends));
    sleep_time = milliseconds;
    in_the_lock = ends[1];
    child_ = fork();
    if (child_ == 0) {
      ShmTable mine(memory, sleep_once);
      mine.get(name, kNow);
      _exit(0);
    }
    char byte = 0;
    CHECK_EQUAL(1, read(ends[0], &byte, 1));
    close(ends[0]);
    close(ends[1]);
  }
  Sleeper(const Sleeper &) = delete;
  Sleeper &operator=(const Sleeper &) = delete;
  ~Sleeper() { waitpid(child_, nullptr, 0); }

 private:
  static void sleep_once() {
    if (in_the_lock < 0) return;
    if (write(in_the_lock, "x", 1) != 1) _exit(1);
    in_the_lock = -1;
    usleep(sleep_time * 1000);
  }

  static unsigned int sleep_time;
  static int in_the_lock;
  pid_t child_ = -1;
};
unsigned int Sleeper::sleep_time = 0;  // NOLINT: the probe is a plain function
int Sleeper::in_the_lock = -1;         // NOLINT: likewise

}  // namespace

TEST_GROUP(ShmTable) {
  SharedMemory memory{cache::kDefaultTable};
  ShmTable table{memory.bytes()};
  void setup() override {
    CHECK_TRUE(cache::format_table(memory.bytes(), 42, kNow).ok());
    CHECK_TRUE(cache::check_table(memory.bytes()).ok());
  }
  void fill(unsigned int from, unsigned int to, std::size_t size = 200) {
    for (unsigned int i = from; i < to; i++) {
      CHECK_TRUE(table.put(sample(32, i), sample(size, i), kLater, kNow) == Outcome::done);
    }
  }
  bool holds(unsigned int i, std::size_t size = 200) {
    const auto found = table.get(sample(32, i), kNow);
    if (found.outcome != Outcome::done) return false;
    CHECK_TRUE(found.bytes == sample(size, i));
    return true;
  }
};

TEST(ShmTable, KeepsTheContract) {
  test::check_store_contract(table);
  LONGS_EQUAL(0, table.facts().entries);
  LONGS_EQUAL(0, resets(memory.bytes()));
}

TEST(ShmTable, NamesAreListedUpToALimit) {
  test::check_names(table);
}

TEST(ShmTable, NamesAreListedAcrossTheEndOfTheRing) {
  const SharedMemory small(cache::kMinTable);
  CHECK_TRUE(cache::format_table(small.bytes(), 1, kNow).ok());
  ShmTable tiny(small.bytes());
  for (unsigned int i = 0; i < 500; i++) {
    CHECK_TRUE(tiny.put(sample(32, i), sample(700 + i % 90, i), kLater, kNow) == Outcome::done);
    const auto names = tiny.names(1000);
    LONGS_EQUAL(tiny.facts().entries, names.size());
    CHECK_TRUE(names.back() == sample(32, i));
  }
}

TEST(ShmTable, ExpiredEntriesAreMisses) {
  table.put(sample(32, 1), sample(10, 1), kNow + 5, kNow);
  CHECK_TRUE(table.get(sample(32, 1), kNow + 4).outcome == Outcome::done);
  CHECK_TRUE(table.get(sample(32, 1), kNow + 5).outcome == Outcome::miss);
  LONGS_EQUAL(1, table.facts().expired);
  LONGS_EQUAL(0, table.facts().entries);
}

TEST(ShmTable, Q36ALockThatIsHeldIsWaitedFor) {
  fill(0, 1);
  const Sleeper busy(memory.bytes(), sample(32, 0), 60);
  CHECK_TRUE(holds(0));
  CHECK_TRUE(table.put(sample(32, 0), sample(200, 0), kLater, kNow) == Outcome::done);
}

TEST(ShmTable, Q36ALockThatIsHeldTooLongIsGivenUpAndTheOthersAreFree) {
  fill(0, 200);
  const Sleeper stuck(memory.bytes(), sample(32, 0), 700);
  const auto began = std::chrono::steady_clock::now();
  CHECK_TRUE(table.get(sample(32, 0), kNow).outcome == Outcome::unavailable);
  const auto waited = std::chrono::steady_clock::now() - began;
  CHECK_TRUE(waited >= std::chrono::milliseconds{190});
  CHECK_TRUE(waited < std::chrono::milliseconds{600});
}

TEST(ShmTable, Q45NamesThatBeginAlikeAreSpreadOverAllShards) {
  std::array<unsigned int, 2> held{};
  for (unsigned int i = 0; i < 2000; i++) {
    auto name = sample(32, i);
    name[0] = 1;
    CHECK_TRUE(table.put(name, sample(200, i), kLater, kNow) == Outcome::done);
  }
  const auto *header = reinterpret_cast<const cache::SegmentHeader *>(memory.bytes().data());
  for (std::size_t i = 0; i < header->shard_count; i++) {
    const auto *shard = memory.bytes().data() + cache::kHeaderBytes + i * header->shard_bytes;
    const unsigned int entries = reinterpret_cast<const cache::ShardHeader *>(shard)->entries;
    CHECK_TRUE(entries > 2000 / header->shard_count / 2);
    held[i % 2] += entries;
  }
  LONGS_EQUAL(2000, held[0] + held[1]);
}

TEST(ShmTable, Q45AReaderWaitsForItsOwnShardOnly) {
  fill(0, 40);
  const Sleeper busy(memory.bytes(), sample(32, 0), 150);
  unsigned int at_once = 0;
  for (unsigned int i = 1; i < 40; i++) {
    const auto began = std::chrono::steady_clock::now();
    CHECK_TRUE(holds(i));
    at_once += std::chrono::steady_clock::now() - began < std::chrono::milliseconds{50} ? 1 : 0;
  }
  CHECK_TRUE(at_once >= 38);  // the first that shares the shard waits for the rest of its time
}

TEST(ShmTable, Q51FreshEntriesStayAndExpiredOnesAreMisses) {
  for (unsigned int i = 0; i < 1000; i++) {
    table.put(sample(32, i), sample(200, i), i % 2 == 0 ? kNow + 10 : kLater, kNow);
  }
  for (unsigned int i = 0; i < 1000; i++) {
    const bool found = table.get(sample(32, i), kNow + 10).outcome == Outcome::done;
    CHECK_EQUAL(i % 2 != 0, found);
  }
  LONGS_EQUAL(500, table.facts().expired);
}

TEST(ShmTable, Q51TheTableWorksAtAnyAddress) {
  fill(0, 300);
  void *elsewhere = mremap(memory.bytes().data(), 0, memory.bytes().size(), MREMAP_MAYMOVE);
  CHECK_TRUE(elsewhere != MAP_FAILED && elsewhere != memory.bytes().data());
  ShmTable other({static_cast<std::byte *>(elsewhere), memory.bytes().size()});
  for (unsigned int i = 0; i < 300; i++) {
    CHECK_TRUE(other.get(sample(32, i), kNow).bytes == sample(200, i));
  }
  CHECK_TRUE(other.remove(sample(32, 7)) == Outcome::done);
  CHECK_FALSE(holds(7));
  munmap(elsewhere, memory.bytes().size());
}

TEST(ShmTable, Q51WhenItIsFullTheOldestGiveWay) {
  fill(0, 20000);
  const auto facts = table.facts();
  CHECK_TRUE(facts.entries > 4000);
  LONGS_EQUAL(20000, facts.entries + facts.evicted);
  for (unsigned int i = 18000; i < 20000; i++) CHECK_TRUE(holds(i));
  for (unsigned int i = 0; i < 2000; i++) CHECK_FALSE(holds(i));
  LONGS_EQUAL(0, resets(memory.bytes()));
}

TEST(ShmTable, EntriesOfAllSizesShareTheRoom) {
  for (unsigned int i = 0; i < 3000; i++) {
    const std::size_t size = (i * 7919) % 30000;
    CHECK_TRUE(table.put(sample(32, i), sample(size, i), kLater, kNow) == Outcome::done);
    CHECK_TRUE(holds(i, size));
    if (i % 3 == 0) CHECK_TRUE(table.remove(sample(32, i)) == Outcome::done);
  }
  LONGS_EQUAL(0, resets(memory.bytes()));
}

TEST(ShmTable, TooLargeEntriesAreTold) {
  CHECK_TRUE(table.put(sample(32, 1), sample(1'000'000, 1), kLater, kNow) == Outcome::too_large);
  CHECK_TRUE(table.get(sample(32, 1), kNow).outcome == Outcome::miss);
}

TEST(ShmTable, TheSmallestTableWorks) {
  SharedMemory small{cache::kMinTable};
  CHECK_TRUE(cache::format_table(small.bytes(), 1, kNow).ok());
  ShmTable tiny{small.bytes()};
  test::check_store_contract(tiny);
  for (unsigned int i = 0; i < 500; i++) {
    CHECK_TRUE(tiny.put(sample(32, i), sample(3000, i), kLater, kNow) == Outcome::done);
  }
  CHECK_TRUE(tiny.get(sample(32, 499), kNow).outcome == Outcome::done);
}

TEST(ShmTable, SizesThatCannotBeAreRefused) {
  SharedMemory small{cache::kMinTable - 4096};
  CHECK_FALSE(cache::format_table(small.bytes(), 1, kNow).ok());
  CHECK_FALSE(cache::check_table(small.bytes()).ok());
}

TEST(ShmTable, ForeignAndOldSegmentsAreToldFromOurs) {
  auto *header = reinterpret_cast<cache::SegmentHeader *>(memory.bytes().data());
  header->version++;
  STRCMP_CONTAINS("version", cache::check_table(memory.bytes()).error().message.c_str());
  header->version--;
  header->shard_count++;
  CHECK_FALSE(cache::check_table(memory.bytes()).ok());
  header->shard_count--;
  CHECK_FALSE(cache::check_table(memory.bytes().first(cache::kDefaultTable - 4096)).ok());
  header->magic = 0;
  STRCMP_CONTAINS("not a table", cache::check_table(memory.bytes()).error().message.c_str());
}

TEST(ShmTable, AProcessKilledAtAnyStepInsideALockCostsAtMostItsShard) {
  const auto work = [](ShmTable &mine) {
    for (unsigned int i = 0; i < 400; i++) {
      mine.put(sample(32, 50000 + i), sample(2000, i), kLater, kNow);
      mine.get(sample(32, 50000 + i), kNow);
      if (i % 5 == 0) mine.put(sample(32, 50000 + i), sample(100, i), kLater, kNow);
      if (i % 3 == 0) mine.remove(sample(32, 50000 + i));
    }
  };
  int probe = 1;
  for (; probe < 4000 && dies_at(probe, memory.bytes(), work); probe += 1 + probe / 40) {
    fill(0, 50);
    for (unsigned int i = 0; i < 50; i++) CHECK_TRUE(holds(i));
    CHECK_TRUE(table.facts().entries <= 20000);
  }
  CHECK_TRUE(probe > 1000);
  CHECK_TRUE(resets(memory.bytes()) > 10);
}

TEST(ShmTable, ADeathInOneShardLeavesTheOthers) {
  fill(0, 400);
  CHECK_TRUE(dies_at(1, memory.bytes(), [](ShmTable &mine) { mine.get(sample(32, 7), kNow); }));
  unsigned int kept = 0;
  for (unsigned int i = 0; i < 400; i++) kept += holds(i) ? 1 : 0;
  CHECK_TRUE(kept > 200 && kept < 400);
  LONGS_EQUAL(1, resets(memory.bytes()));
}

TEST(ShmTable, CorruptedMemoryIsSurvived) {
  std::uint32_t state = 1;
  const auto random = [&] { return state = state * 1664525U + 1013904223U; };
  const auto *header = reinterpret_cast<const cache::SegmentHeader *>(memory.bytes().data());
  for (unsigned int round = 0; round < 300; round++) {
    fill(0, 100);
    // Anywhere but in the locks, which only the C library understands.
    for (unsigned int i = 0; i < 50; i++) {
      const std::size_t shard = (random() >> 8) % header->shard_count;
      const std::size_t lowest = sizeof(pthread_mutex_t);
      const std::size_t range = i % 2 == 0 ? 4096 : header->shard_bytes - lowest;
      const std::size_t at = lowest + (random() >> 4) % (range - lowest);
      memory.bytes()[cache::kHeaderBytes + shard * header->shard_bytes + at] =
          static_cast<std::byte>(random() >> 24);
    }
    for (unsigned int i = 0; i < 100; i++) {
      table.get(sample(32, i), kNow);
      table.put(sample(32, i), sample(700, i), kLater, kNow);
      if (i % 7 == 0) table.remove(sample(32, i));
    }
    table.facts();
  }
  CHECK_TRUE(table.clear().ok());
  test::check_store_contract(table);
}

TEST(ShmTable, ManyProcessesAtOnceSeeWholeEntriesOnly) {
  constexpr unsigned int kChildren = 4;
  pid_t children[kChildren] = {};
  for (pid_t &child : children) {
    child = fork();
    if (child != 0) continue;
    bool good = true;
    for (unsigned int i = 0; i < 5000; i++) {
      const unsigned int name = i % 97;
      const auto found = table.get(sample(32, name), kNow);
      if (found.outcome == Outcome::done) good = good && found.bytes == sample(900, name);
      good = good && found.outcome != Outcome::unavailable;
      table.put(sample(32, name), sample(900, name), kLater, kNow);
    }
    _exit(good ? 0 : 1);
  }
  for (const pid_t child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    LONGS_EQUAL(0, status);
  }
  LONGS_EQUAL(97, table.facts().entries);
  LONGS_EQUAL(0, resets(memory.bytes()));
}
