// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "cache/byte_store.h"
#include "cache/counters.h"

namespace mod_tls::cache {

/// Everything a status page says about a cache.
struct CacheStatus {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t stored = 0;
  std::uint64_t deleted = 0;
  std::uint64_t errors = 0;
  std::uint64_t exceeded = 0;
  std::uint64_t largest_exceeding = 0;
  StoreFacts store = {};
};

/// Larger entries are not stored anywhere: a session with a client certificate chain has a few
/// thousand bytes.
inline constexpr std::size_t kMaxEntry = std::size_t{64} * 1024;

/// SessionCache is the policy over any store: limits of size and time, and counters.
class SessionCache {
 public:
  SessionCache(ByteStore &store, Counters &counters) : store_(store), counters_(counters) {}

  Outcome put(ByteView name, ByteView value, std::time_t expires, std::time_t now);
  Found get(ByteView name, std::time_t now);
  /// As get(), for who only looks: counted as neither hit nor miss.
  Found look(ByteView name, std::time_t now) { return store_.get(name, now); }
  std::vector<Bytes> names(std::size_t limit) { return store_.names(limit); }
  Outcome remove(ByteView name);
  core::Result<std::uint64_t> clear();
  /// What get() brought was not ours, or not usable: it was no hit, and goes.
  void reject(ByteView name);
  [[nodiscard]] CacheStatus status() const;

 private:
  ByteStore &store_;
  Counters &counters_;
};

}  // namespace mod_tls::cache
