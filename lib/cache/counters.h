// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <atomic>
#include <cstdint>

namespace mod_tls::cache {

/// Counters of a cache, kept in memory that all its processes share. Valid when all bits are 0.
struct Counters {
  std::atomic<std::uint64_t> hits;
  std::atomic<std::uint64_t> misses;
  std::atomic<std::uint64_t> stored;
  std::atomic<std::uint64_t> deleted;
  std::atomic<std::uint64_t> errors;             ///< Entries that were not ours, calls that failed.
  std::atomic<std::uint64_t> exceeded;           ///< Entries that were too large.
  std::atomic<std::uint64_t> largest_exceeding;  ///< The largest of them, in bytes.
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "shared between processes");

/// Notes an entry that was too large.
inline void count_exceeding(Counters &counters, std::uint64_t size) {
  counters.exceeded++;
  std::uint64_t largest = counters.largest_exceeding;
  while (size > largest && !counters.largest_exceeding.compare_exchange_weak(largest, size)) {
  }
}

}  // namespace mod_tls::cache
