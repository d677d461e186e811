// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
//
// A table in shared memory that somebody wrote to: the input is laid over it, anywhere but over the
// locks, which only the C library understands.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "cache/shm_table.h"

using namespace mod_tls::cache;

namespace {

constexpr std::time_t kNow = 1'800'000'000;
constexpr unsigned int kNames = 40;

struct FreeMemory {
  void operator()(std::byte *memory) const { std::free(memory); }
};

Bytes name_of(unsigned int number) {
  return Bytes(1 + number % 32, static_cast<unsigned char>(number));
}

void fill(ShmTable &table) {
  for (unsigned int i = 0; i < kNames; i++) {
    table.put(name_of(i), Bytes(i * 20, 1), kNow + i, kNow);
  }
}

/// Pairs of a place and a byte; most of them in the first pages, where the index is.
void lay_over(std::span<std::byte> shard, std::span<const std::uint8_t> input) {
  const std::size_t locks = sizeof(pthread_mutex_t);
  for (; input.size() >= 3; input = input.subspan(3)) {
    const std::size_t at = (std::size_t{input[0]} << 8 | input[1]) % (shard.size() - locks);
    shard[locks + at] = std::byte{input[2]};
  }
}

void use(ShmTable &table) {
  for (unsigned int i = 0; i < kNames; i++) {
    const Found found = table.get(name_of(i), kNow);
    if (found.outcome != Outcome::done && !found.bytes.empty()) std::abort();
    if (i % 3 == 0) table.remove(name_of(i));
    if (i % 2 == 0) table.put(name_of(i), Bytes(900, 2), kNow + 10, kNow);
  }
  (void)table.facts();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::unique_ptr<std::byte, FreeMemory> memory(
      static_cast<std::byte *>(std::aligned_alloc(4096, kMinTable)));
  const std::span<std::byte> bytes{memory.get(), kMinTable};
  if (!format_table(bytes, 7, kNow).ok()) std::abort();
  ShmTable table(bytes);
  fill(table);
  lay_over(bytes.subspan(kHeaderBytes), {data, size});
  use(table);
  // Whatever it was: emptied, it works.
  if (!table.clear().ok()) std::abort();
  if (table.put(name_of(1), Bytes(10, 3), kNow + 1, kNow) != Outcome::done) std::abort();
  if (table.get(name_of(1), kNow).bytes != Bytes(10, 3)) std::abort();
  return 0;
}
