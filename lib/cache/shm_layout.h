// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <pthread.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "cache/counters.h"

namespace mod_tls::cache {

// A segment is a header and a number of shards of equal size. A name belongs to one shard, which
// has its own lock. There are offsets in it and no pointers: processes may attach anywhere.
//
//   0              kHeaderBytes                                              total
//   | SegmentHeader | shard 0 | shard 1 | ...                         | shard n-1 |
//
//   shard:  | ShardHeader | buckets: uint32[n] | ring of records                  |
//
// The ring is written front to back, and begins again at the front. Entries are found through the
// chain of their bucket. Whatever is oldest lies where the next one is to be written, and gives
// way: the cost of a call does not depend on how full the table is.
//
//   ring:   | ...newest >|  free  |< oldest...  | skip |
//                        head     tail

inline constexpr std::uint64_t kSegmentMagic = 0x3143'5353'4c54'444dULL;
inline constexpr std::uint32_t kSegmentVersion = 1;
inline constexpr std::size_t kHeaderBytes = 4096;
inline constexpr std::size_t kMaxOwners = 16;

struct SegmentHeader {
  std::uint64_t magic;  ///< Written last.
  std::uint32_t version;
  std::uint32_t shard_count;  ///< A power of two.
  std::uint64_t total_bytes;
  std::uint64_t shard_bytes;
  std::int64_t created;
  std::uint64_t seed;                                        ///< Of the hash of names.
  std::array<std::atomic<std::int32_t>, kMaxOwners> owners;  ///< Daemons that use it; 0: free.
  Counters counters;
};
static_assert(sizeof(SegmentHeader) <= kHeaderBytes);

struct ShardHeader {
  pthread_mutex_t lock;        ///< Robust and shared between processes.
  std::uint32_t bucket_count;  ///< A power of two.
  std::uint32_t ring_bytes;
  std::uint32_t head;
  std::uint32_t tail;
  std::uint32_t used;  ///< Bytes from tail to head.
  std::uint32_t entries;
  std::uint64_t evicted;
  std::uint64_t expired;
  std::uint64_t resets;  ///< How often all was lost: a process died in here, or the data was bad.
};
static_assert(sizeof(ShardHeader) % 8 == 0);

enum class RecordState : std::uint16_t {
  live = 0x4c56,
  dead = 0x4444,  ///< Removed or replaced; its room is used when its turn comes.
  skip = 0x534b,  ///< What was left at the end of the ring; only size and state are there.
};

struct RecordHeader {
  std::uint32_t size;  ///< Of the whole record, a multiple of kAlign.
  RecordState state;
  std::uint16_t name_bytes;
  std::uint32_t value_bytes;
  std::uint32_t next;  ///< In the chain: offset + 1, or 0.
  std::uint64_t hash;
  std::int64_t expires;
};
inline constexpr std::uint32_t kAlign = 8;
static_assert(sizeof(RecordHeader) == 32);
static_assert(offsetof(RecordHeader, state) + sizeof(RecordState) <= kAlign);

}  // namespace mod_tls::cache
