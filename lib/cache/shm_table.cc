// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/shm_table.h"

#include <algorithm>
#include <bit>
#include <memory>

#include "cache/shm_lock.h"

namespace mod_tls::cache {

namespace {

constexpr std::size_t kShardAim = std::size_t{256} * 1024;
constexpr std::size_t kMaxShards = 64;

std::size_t shard_count(std::size_t total) {
  return std::clamp<std::size_t>(std::bit_floor(total / kShardAim), 1, kMaxShards);
}

/// A multiple of 64, so that no two shards have a cache line in common.
std::size_t shard_bytes(std::size_t total) {
  return (total - kHeaderBytes) / shard_count(total) / 64 * 64;
}

std::span<std::byte> shard_memory(std::span<std::byte> memory, std::size_t index) {
  const std::size_t size = shard_bytes(memory.size());
  return memory.subspan(kHeaderBytes + index * size, size);
}

core::Error not_a_table(std::string why) {
  return {core::Errc::unusable, std::move(why)};
}

/// Nothing was done; what it means depends on the call.
Outcome refusal_of(const Outcome *) {
  return Outcome::unavailable;
}
Found refusal_of(const Found *) {
  return {Outcome::unavailable};
}
std::uint64_t refusal_of(const std::uint64_t *) {
  return 0;
}

}  // namespace

core::Status format_table(std::span<std::byte> memory, std::uint64_t seed, std::time_t now) {
  if (memory.size() < kMinTable || memory.size() > kMaxTable) {
    return not_a_table("a table cannot have " + std::to_string(memory.size()) + " bytes");
  }
  std::ranges::fill(memory.first(kHeaderBytes), std::byte{0});
  auto *header = std::construct_at(reinterpret_cast<SegmentHeader *>(memory.data()));
  header->version = kSegmentVersion;
  header->shard_count = static_cast<std::uint32_t>(shard_count(memory.size()));
  header->total_bytes = memory.size();
  header->shard_bytes = shard_bytes(memory.size());
  header->created = now;
  header->seed = seed;
  for (std::size_t i = 0; i < header->shard_count; i++) {
    if (!ShmShard::format(shard_memory(memory, i))) {
      return not_a_table("there can be no lock in this memory");
    }
  }
  std::atomic_ref(header->magic).store(kSegmentMagic, std::memory_order_release);
  return core::success();
}

core::Status check_table(std::span<const std::byte> memory) {
  if (memory.size() < kMinTable) return not_a_table("it is too small");
  const auto *header = reinterpret_cast<const SegmentHeader *>(memory.data());
  if (header->magic != kSegmentMagic) return not_a_table("it is not a table of this module");
  if (header->version != kSegmentVersion) {
    return not_a_table("it has version " + std::to_string(header->version) + ", not " +
                       std::to_string(kSegmentVersion));
  }
  if (header->total_bytes != memory.size() || header->shard_count != shard_count(memory.size()) ||
      header->shard_bytes != shard_bytes(memory.size())) {
    return not_a_table("its sizes contradict each other");
  }
  return core::success();
}

ShmTable::ShmTable(std::span<std::byte> memory, LockProbe probe)
    : memory_(memory), header_(reinterpret_cast<SegmentHeader *>(memory.data())), probe_(probe) {}

/// FNV-1a with a seed, finished by a multiplication so that all bits depend on all others.
std::uint64_t ShmTable::hash_of(ByteView name) const {
  std::uint64_t hash = 0xcbf29ce484222325ULL ^ header_->seed;
  for (const unsigned char byte : name) hash = (hash ^ byte) * 0x100000001b3ULL;
  hash = (hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15ULL;
  return hash ^ (hash >> 29);
}

std::size_t ShmTable::shard_of(std::uint64_t hash) const {
  return static_cast<std::size_t>(hash >> 48) & (shard_count(memory_.size()) - 1);
}

template <class Work>
auto ShmTable::in_shard(std::size_t index, const Work &work)
    -> decltype(work(std::declval<ShmShard &>())) {
  ShmShard shard(shard_memory(memory_, index), probe_);
  const ShmLock lock(shard.header().lock);
  using Answer = decltype(work(shard));
  if (lock.state() == ShmLock::State::refused) return refusal_of(static_cast<Answer *>(nullptr));
  if (lock.state() == ShmLock::State::abandoned || !shard.plausible()) {
    shard.reset();
    shard.header().resets++;
  }
  return work(shard);
}

Outcome ShmTable::put(ByteView name, ByteView value, std::time_t expires, std::time_t now) {
  const std::uint64_t hash = hash_of(name);
  return in_shard(shard_of(hash),
                  [&](ShmShard &shard) { return shard.put(hash, name, value, expires, now); });
}

Found ShmTable::get(ByteView name, std::time_t now) {
  const std::uint64_t hash = hash_of(name);
  return in_shard(shard_of(hash), [&](ShmShard &shard) { return shard.get(hash, name, now); });
}

Outcome ShmTable::remove(ByteView name) {
  const std::uint64_t hash = hash_of(name);
  return in_shard(shard_of(hash), [&](ShmShard &shard) { return shard.remove(hash, name); });
}

core::Result<std::uint64_t> ShmTable::clear() {
  std::uint64_t cleared = 0;
  for (std::size_t i = 0; i < shard_count(memory_.size()); i++) {
    cleared += in_shard(i, [](ShmShard &shard) {
      const std::uint64_t entries = shard.header().entries;
      shard.reset();
      return entries;
    });
  }
  return cleared;
}

StoreFacts ShmTable::facts() {
  StoreFacts facts;
  for (std::size_t i = 0; i < shard_count(memory_.size()); i++) {
    in_shard(i, [&](ShmShard &shard) {
      const ShardHeader &header = shard.header();
      facts.entries += header.entries;
      facts.evicted += header.evicted;
      facts.expired += header.expired;
      facts.used_bytes += header.used;
      facts.capacity_bytes += header.ring_bytes;
      return std::uint64_t{0};
    });
  }
  return facts;
}

std::vector<Bytes> ShmTable::names(std::size_t limit) {
  std::vector<Bytes> names;
  for (std::size_t i = 0; i < shard_count(memory_.size()) && names.size() < limit; i++) {
    in_shard(i, [&](const ShmShard &shard) {
      shard.list(names, limit);
      return std::uint64_t{0};
    });
  }
  return names;
}

}  // namespace mod_tls::cache
