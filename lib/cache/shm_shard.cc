// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/shm_shard.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>

#include "cache/shm_lock.h"

namespace mod_tls::cache {

namespace {

/// Sessions have 200 bytes and more, so chains stay short.
constexpr std::size_t kBytesPerBucket = 256;
constexpr std::size_t kMinShard = 16384;
constexpr std::size_t kMaxShard = std::size_t{1} << 31;

std::uint32_t aligned(std::size_t size) {
  return static_cast<std::uint32_t>((size + kAlign - 1) / kAlign * kAlign);
}

}  // namespace

bool ShmShard::format(std::span<std::byte> memory) {
  if (memory.size() < kMinShard || memory.size() > kMaxShard) return false;
  std::ranges::fill(memory, std::byte{0});
  auto *header = std::construct_at(reinterpret_cast<ShardHeader *>(memory.data()));
  header->bucket_count =
      static_cast<std::uint32_t>(std::bit_floor(memory.size() / kBytesPerBucket));
  const std::size_t before = sizeof(ShardHeader) + header->bucket_count * sizeof(std::uint32_t);
  header->ring_bytes = static_cast<std::uint32_t>((memory.size() - before) / kAlign * kAlign);
  return init_shared_lock(header->lock);
}

ShmShard::ShmShard(std::span<std::byte> memory, LockProbe probe)
    : header_(reinterpret_cast<ShardHeader *>(memory.data())), probe_(probe) {
  const std::size_t count = std::bit_floor(memory.size() / kBytesPerBucket);
  const std::size_t before = sizeof(ShardHeader) + count * sizeof(std::uint32_t);
  auto *first = reinterpret_cast<std::uint32_t *>(memory.data() + sizeof(ShardHeader));
  buckets_ = {first, count};
  ring_ = {reinterpret_cast<unsigned char *>(memory.data() + before),
           (memory.size() - before) / kAlign * kAlign};
}

bool ShmShard::plausible() const {
  const ShardHeader &h = *header_;
  return h.bucket_count == buckets_.size() && h.ring_bytes == ring_.size() &&
         h.head < h.ring_bytes && h.tail < h.ring_bytes && h.used <= h.ring_bytes &&
         h.head % kAlign == 0 && h.tail % kAlign == 0 &&
         (h.tail + std::uint64_t{h.used}) % h.ring_bytes == h.head;
}

void ShmShard::reset() {
  std::ranges::fill(buckets_, 0U);
  header_->bucket_count = static_cast<std::uint32_t>(buckets_.size());
  header_->ring_bytes = static_cast<std::uint32_t>(ring_.size());
  header_->head = header_->tail = header_->used = header_->entries = 0;
}

void ShmShard::spoilt() {
  reset();
  header_->resets++;
}

std::optional<RecordHeader> ShmShard::record_at(std::uint32_t offset) const {
  RecordHeader record{};
  if (offset % kAlign != 0 || offset + std::uint64_t{kAlign} > ring_.size()) return {};
  std::memcpy(&record, &ring_[offset], kAlign);
  if (record.size % kAlign != 0 || record.size < kAlign || record.size > ring_.size() - offset) {
    return {};
  }
  if (record.state == RecordState::skip) return record;
  if (record.size < sizeof(RecordHeader)) return {};
  std::memcpy(&record, &ring_[offset], sizeof(record));
  const std::uint64_t needed =
      sizeof(RecordHeader) + std::uint64_t{record.name_bytes} + record.value_bytes;
  const bool known = record.state == RecordState::live || record.state == RecordState::dead;
  if (!known || needed > record.size) return {};
  return record;
}

void ShmShard::write_record(std::uint32_t offset, const RecordHeader &record) {
  std::memcpy(&ring_[offset], &record, std::min<std::size_t>(record.size, sizeof(record)));
}

std::uint32_t &ShmShard::bucket(std::uint64_t hash) const {
  return buckets_[(hash >> 8) & (buckets_.size() - 1)];
}

ByteView ShmShard::name_of(std::uint32_t offset, const RecordHeader &record) const {
  return ByteView{ring_}.subspan(offset + sizeof(RecordHeader), record.name_bytes);
}

template <class Wanted>
std::optional<ShmShard::Position> ShmShard::walk(std::uint64_t hash, const Wanted &wanted) {
  std::optional<std::uint32_t> previous;
  std::uint32_t link = bucket(hash);
  for (std::uint32_t steps = 0; link != 0; steps++) {
    const std::uint32_t offset = link - 1;
    const auto record = record_at(offset);
    if (!record || record->state != RecordState::live || steps > header_->entries) {
      spoilt();
      return {};
    }
    if (wanted(offset, *record)) return Position{offset, *record, previous};
    previous = offset;
    link = record->next;
  }
  return {};
}

std::optional<ShmShard::Position> ShmShard::find(std::uint64_t hash, ByteView name) {
  return walk(hash, [&](std::uint32_t offset, const RecordHeader &record) {
    return record.hash == hash && std::ranges::equal(name_of(offset, record), name);
  });
}

std::optional<ShmShard::Position> ShmShard::find_offset(std::uint64_t hash, std::uint32_t wanted) {
  return walk(hash, [&](std::uint32_t offset, const RecordHeader &) { return offset == wanted; });
}

bool ShmShard::unlink(const Position &position) {
  if (!position.previous) {
    bucket(position.record.hash) = position.record.next;
    return true;
  }
  auto before = record_at(*position.previous);
  if (!before) {
    spoilt();
    return false;
  }
  before->next = position.record.next;
  write_record(*position.previous, *before);
  return true;
}

bool ShmShard::kill(const Position &position) {
  step();
  if (!unlink(position)) return false;
  step();
  RecordHeader dead = position.record;
  dead.state = RecordState::dead;
  write_record(position.offset, dead);
  header_->entries--;
  return true;
}

/// The record at the tail makes place. False if what is there is no record.
bool ShmShard::give_up_oldest(std::time_t now) {
  const auto oldest = record_at(header_->tail);
  if (!oldest || oldest->size > header_->used) return false;
  if (oldest->state == RecordState::live) {
    const auto position = find_offset(oldest->hash, header_->tail);
    if (!position || !kill(*position)) return false;
    (oldest->expires <= now ? header_->expired : header_->evicted)++;
  }
  step();
  header_->tail = static_cast<std::uint32_t>((header_->tail + oldest->size) % ring_.size());
  header_->used -= oldest->size;
  return true;
}

/// Moves the head to where `size` bytes in one piece are free.
bool ShmShard::make_room(std::uint32_t size, std::time_t now) {
  const auto end = static_cast<std::uint32_t>(ring_.size());
  if (end - header_->head < size) {
    const std::uint32_t rest = end - header_->head;
    while (end - header_->used < rest) {
      if (!give_up_oldest(now)) return false;
    }
    RecordHeader skip{};
    skip.size = rest;
    skip.state = RecordState::skip;
    std::memcpy(&ring_[header_->head], &skip, kAlign);
    step();
    header_->used += rest;
    header_->head = 0;
  }
  while (end - header_->used < size) {
    if (!give_up_oldest(now)) return false;
  }
  return true;
}

Outcome ShmShard::put(std::uint64_t hash, ByteView name, ByteView value, std::time_t expires,
                      std::time_t now) {
  const std::uint32_t size = aligned(sizeof(RecordHeader) + name.size() + value.size());
  if (size > ring_.size() / 2 || name.size() > UINT16_MAX) return Outcome::too_large;
  if (const auto old = find(hash, name)) kill(*old);
  if (!make_room(size, now)) {
    spoilt();
    if (!make_room(size, now)) return Outcome::unavailable;
  }
  const std::uint32_t offset = header_->head;
  write_record(offset, {.size = size,
                        .state = RecordState::live,
                        .name_bytes = static_cast<std::uint16_t>(name.size()),
                        .value_bytes = static_cast<std::uint32_t>(value.size()),
                        .next = bucket(hash),
                        .hash = hash,
                        .expires = expires});
  step();
  const auto body = ring_.subspan(offset + sizeof(RecordHeader));
  std::ranges::copy(value, std::ranges::copy(name, body.begin()).out);
  header_->head = static_cast<std::uint32_t>((offset + size) % ring_.size());
  header_->used += size;
  step();
  bucket(hash) = offset + 1;
  header_->entries++;
  return Outcome::done;
}

Found ShmShard::get(std::uint64_t hash, ByteView name, std::time_t now) {
  step();
  const auto position = find(hash, name);
  if (!position) return {};
  if (position->record.expires <= now) {
    kill(*position);
    header_->expired++;
    return {};
  }
  const auto value = ring_.subspan(position->offset + sizeof(RecordHeader) + name.size(),
                                   position->record.value_bytes);
  return {Outcome::done, Bytes(value.begin(), value.end())};
}

void ShmShard::list(std::vector<Bytes> &names, std::size_t limit) const {
  std::uint32_t offset = header_->tail;
  std::uint32_t seen = 0;
  for (std::uint32_t left = header_->entries; left > 0 && names.size() < limit;) {
    const auto record = record_at(offset);
    if (!record || seen >= header_->used) return;
    if (record->state == RecordState::live) {
      const ByteView name = name_of(offset, *record);
      names.emplace_back(name.begin(), name.end());
      left--;
    }
    seen += record->size;
    offset = static_cast<std::uint32_t>((offset + record->size) % ring_.size());
  }
}

Outcome ShmShard::remove(std::uint64_t hash, ByteView name) {
  const auto position = find(hash, name);
  if (!position) return Outcome::miss;
  kill(*position);
  return Outcome::done;
}

}  // namespace mod_tls::cache
