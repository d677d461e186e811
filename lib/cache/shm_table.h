// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <span>

#include "cache/byte_store.h"
#include "cache/shm_layout.h"
#include "cache/shm_shard.h"

namespace mod_tls::cache {

/// The smallest table there can be, and how much a segment has without being told, in bytes.
inline constexpr std::size_t kMinTable = std::size_t{24} * 1024;
inline constexpr std::size_t kDefaultTable = 1'574'912;
inline constexpr std::size_t kMaxTable = std::size_t{1} << 36;

/// Lays out an empty table in `memory`, which is aligned to a page.
core::Status format_table(std::span<std::byte> memory, std::uint64_t seed, std::time_t now);
/// Says why `memory` is not a table of this version and of this size, if it is not.
core::Status check_table(std::span<const std::byte> memory);

/// ShmTable is a hash table in memory that processes share: a view of what format_table() made.
/// Each call holds one lock, of one shard, for a bounded time. A process that dies inside costs at
/// most the contents of that shard.
class ShmTable final : public ByteStore {
 public:
  explicit ShmTable(std::span<std::byte> memory, LockProbe probe = nullptr);

  Outcome put(ByteView name, ByteView value, std::time_t expires, std::time_t now) override;
  Found get(ByteView name, std::time_t now) override;
  Outcome remove(ByteView name) override;
  core::Result<std::uint64_t> clear() override;
  StoreFacts facts() override;
  std::vector<Bytes> names(std::size_t limit) override;

  [[nodiscard]] SegmentHeader &header() const { return *header_; }

 private:
  template <class Work>
  auto in_shard(std::size_t index, const Work &work) -> decltype(work(std::declval<ShmShard &>()));
  [[nodiscard]] std::uint64_t hash_of(ByteView name) const;
  [[nodiscard]] std::size_t shard_of(std::uint64_t hash) const;

  std::span<std::byte> memory_;
  SegmentHeader *header_;
  LockProbe probe_;
};

}  // namespace mod_tls::cache
