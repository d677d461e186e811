// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/memory_store.h"

namespace mod_tls::cache {

Outcome MemoryStore::put(ByteView name, ByteView value, std::time_t expires, std::time_t) {
  entries_[Bytes(name.begin(), name.end())] = {Bytes(value.begin(), value.end()), expires};
  return Outcome::done;
}

Found MemoryStore::get(ByteView name, std::time_t now) {
  const auto entry = entries_.find(Bytes(name.begin(), name.end()));
  if (entry == entries_.end()) return {};
  if (entry->second.expires > now) return {Outcome::done, entry->second.value};
  entries_.erase(entry);
  expired_++;
  return {};
}

Outcome MemoryStore::remove(ByteView name) {
  return entries_.erase(Bytes(name.begin(), name.end())) != 0 ? Outcome::done : Outcome::miss;
}

core::Result<std::uint64_t> MemoryStore::clear() {
  const std::uint64_t count = entries_.size();
  entries_.clear();
  return count;
}

StoreFacts MemoryStore::facts() {
  return {.entries = entries_.size(), .expired = expired_};
}

std::vector<Bytes> MemoryStore::names(std::size_t limit) {
  std::vector<Bytes> names;
  for (const auto &[name, entry] : entries_) {
    if (names.size() == limit) break;
    names.push_back(name);
  }
  return names;
}

}  // namespace mod_tls::cache
