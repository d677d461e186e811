// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
//
// What one operation on the table of the shared memory takes, in microseconds of wall clock, by
// number of entries and of processes that work on it at once. Prints CSV; bench/cache draws it.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "cache/shm_table.h"

using namespace mod_tls::cache;

namespace {

constexpr std::size_t kEntry = 400;  // bytes of a sealed session without a client certificate
constexpr std::size_t kRoom = 464;   // with name and header
constexpr std::time_t kNow = 1'800'000'000;
constexpr std::size_t kBatch = 16;  // operations between two looks at the clock
constexpr std::size_t kBatches = 4000;

using Name = std::array<unsigned char, 32>;
using Samples = std::array<double, kBatches>;  // microseconds per operation

Name name_of(std::uint64_t number) {
  Name name{};
  for (unsigned char &byte : name) {
    number = number * 6364136223846793005ULL + 1442695040888963407ULL;
    byte = static_cast<unsigned char>(number >> 56);
  }
  return name;
}

/// Memory that the processes share; all bits are 0.
template <class T>
struct Shared {
  explicit Shared(std::size_t count)
      : size(count * sizeof(T)),
        memory(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (memory == MAP_FAILED) std::perror("cache_bench: mmap"), std::exit(1);
  }
  Shared(const Shared &) = delete;
  Shared &operator=(const Shared &) = delete;
  ~Shared() { ::munmap(memory, size); }
  [[nodiscard]] std::span<T> all() const { return {static_cast<T *>(memory), size / sizeof(T)}; }

  std::size_t size;
  void *memory;
};

enum class Work { put, get, remove };

/// A share of the entries, that of one of several processes.
struct Share {
  std::uint64_t first;
  std::uint64_t count;
};

class Worker {
 public:
  Worker(ShmTable &table, Share share) : table_(table), share_(share) {}

  void run(Work work, Samples &samples) {
    for (std::size_t i = 0; i < kBatches; i++) {
      choose(work, i);
      const auto began = std::chrono::steady_clock::now();
      for (const Name &name : names_) operate(work, name);
      const std::chrono::duration<double, std::micro> took =
          std::chrono::steady_clock::now() - began;
      samples[i] = took.count() / kBatch;
      // What was removed is there again for the next batch.
      if (work == Work::remove) {
        for (const Name &name : names_) operate(Work::put, name);
      }
    }
  }

 private:
  /// Gets and removals find what they ask for; puts are new, so that in a full table each gives up
  /// the oldest.
  void choose(Work work, std::size_t batch) {
    for (std::size_t i = 0; i < kBatch; i++) {
      const std::uint64_t step = batch * kBatch + i;
      const std::uint64_t there = share_.first + step * 2654435761ULL % share_.count;
      const std::uint64_t fresh = (std::uint64_t{1} << 40) + (share_.first << 20) + step;
      names_[i] = name_of(work == Work::put ? fresh : there);
    }
  }
  void operate(Work work, const Name &name) {
    switch (work) {
      case Work::put:
        (void)table_.put(name, value_, kNow + 60, kNow);
        return;
      case Work::get:
        (void)table_.get(name, kNow);
        return;
      case Work::remove:
        (void)table_.remove(name);
        return;
    }
  }

  ShmTable &table_;
  Share share_;
  std::array<Name, kBatch> names_{};
  Bytes value_ = Bytes(kEntry, 7);
};

void run_in_processes(ShmTable &table, Work work, std::uint64_t entries,
                      std::span<Samples> samples) {
  const std::uint64_t each = entries / samples.size();
  for (std::size_t p = 0; p < samples.size(); p++) {
    if (::fork() != 0) continue;
    Worker(table, {p * each, each}).run(work, samples[p]);
    ::_exit(0);
  }
  while (::wait(nullptr) > 0) {
  }
}

void tell(std::uint64_t entries, const char *work, std::span<const Samples> samples) {
  std::vector<double> all;
  for (const Samples &some : samples) all.insert(all.end(), some.begin(), some.end());
  std::ranges::sort(all);
  std::printf("%lu,%zu,%s,%.3f,%.3f\n", static_cast<unsigned long>(entries), samples.size(), work,
              all[all.size() / 2], all[all.size() / 100 * 99]);
  std::fflush(stdout);
}

void measure(std::uint64_t entries, std::size_t processes) {
  const std::size_t size = kHeaderBytes + 65536 + entries * (kRoom + 12);
  const Shared<std::byte> memory(size);
  const Shared<Samples> samples(processes);
  if (!format_table(memory.all(), 1, kNow).ok()) return;
  ShmTable table(memory.all());
  const Bytes value(kEntry, 7);
  for (std::uint64_t i = 0; i < entries; i++) table.put(name_of(i), value, kNow + 60, kNow);
  for (const auto &[work, word] :
       {std::pair{Work::get, "get"}, {Work::remove, "remove"}, {Work::put, "put"}}) {
    run_in_processes(table, work, entries, samples.all());
    tell(entries, word, samples.all());
  }
}

}  // namespace

int main() {
  std::printf("entries,processes,operation,median_us,p99_us\n");
  for (const std::uint64_t entries : {1'000U, 10'000U, 100'000U, 1'000'000U}) {
    for (const std::size_t processes : {1U, 2U, 8U}) measure(entries, processes);
  }
}
