// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>
#include <span>

#include "cache/byte_store.h"
#include "cache/shm_layout.h"

namespace mod_tls::cache {

/// Called at each step inside a lock, for tests that end the process there; null otherwise.
using LockProbe = void (*)();

/// ShmShard is a view of one shard whose lock the caller holds. Nothing it reads is believed
/// before it is checked: bad data empties the shard.
class ShmShard {
 public:
  ShmShard(std::span<std::byte> memory, LockProbe probe);

  /// Prepares fresh memory; false if it is too small or there can be no lock in it.
  static bool format(std::span<std::byte> memory);

  Outcome put(std::uint64_t hash, ByteView name, ByteView value, std::time_t expires,
              std::time_t now);
  Found get(std::uint64_t hash, ByteView name, std::time_t now);
  Outcome remove(std::uint64_t hash, ByteView name);
  /// Appends the names of entries to `names`, the oldest first, until there are `limit`.
  void list(std::vector<Bytes> &names, std::size_t limit) const;
  /// Forgets everything, without looking at it.
  void reset();

  [[nodiscard]] ShardHeader &header() const { return *header_; }
  /// Whether sizes and positions can be what format() and put() leave.
  [[nodiscard]] bool plausible() const;

 private:
  /// A record and the place that refers to it: a bucket, or the record before it in the chain.
  struct Position {
    std::uint32_t offset = 0;
    RecordHeader record = {};
    std::optional<std::uint32_t> previous = {};
  };

  [[nodiscard]] std::optional<RecordHeader> record_at(std::uint32_t offset) const;
  void write_record(std::uint32_t offset, const RecordHeader &record);
  [[nodiscard]] std::uint32_t &bucket(std::uint64_t hash) const;
  std::optional<Position> find(std::uint64_t hash, ByteView name);
  std::optional<Position> find_offset(std::uint64_t hash, std::uint32_t wanted);
  template <class Wanted>
  std::optional<Position> walk(std::uint64_t hash, const Wanted &wanted);
  /// False, and the shard empty, if the chain is spoilt.
  bool unlink(const Position &position);
  bool kill(const Position &position);
  bool give_up_oldest(std::time_t now);
  bool make_room(std::uint32_t size, std::time_t now);
  [[nodiscard]] ByteView name_of(std::uint32_t offset, const RecordHeader &record) const;
  void step() const {
    if (probe_ != nullptr) probe_();
  }
  void spoilt();

  ShardHeader *header_;
  std::span<std::uint32_t> buckets_;
  std::span<unsigned char> ring_;
  LockProbe probe_;
};

}  // namespace mod_tls::cache
