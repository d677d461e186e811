// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <span>
#include <vector>

#include "core/result.h"

namespace mod_tls::cache {

using ByteView = std::span<const unsigned char>;
using Bytes = std::vector<unsigned char>;

/// How a call of a store ended.
enum class Outcome {
  done,         ///< Found, stored or removed.
  miss,         ///< There is no such entry.
  too_large,    ///< The store does not take entries of that size.
  unavailable,  ///< The store cannot answer now; whoever asks goes on without it.
  told,         ///< The same, and the store has said so where admins read.
  skipped,      ///< It is known that it cannot, and was told: it was not asked.
};

/// What a lookup brought; `bytes` are empty unless `outcome` is done.
struct Found {
  Outcome outcome = Outcome::miss;
  Bytes bytes = {};
};

/// What a store tells about itself; what it cannot know is 0.
struct StoreFacts {
  std::uint64_t entries = 0;
  std::uint64_t evicted = 0;  ///< Given up for newer entries before they expired.
  std::uint64_t expired = 0;  ///< Removed because their time was over.
  std::uint64_t used_bytes = 0;
  std::uint64_t capacity_bytes = 0;
};

/// ByteStore keeps opaque bytes under names until they expire, or longer. It trusts nobody and is
/// trusted by nobody: what it returns is checked by the caller. No call blocks for more than a
/// bounded time.
class ByteStore {
 public:
  ByteStore() = default;
  ByteStore(const ByteStore &) = delete;
  ByteStore &operator=(const ByteStore &) = delete;
  virtual ~ByteStore() = default;

  /// Replaces what was there under that name. Times are absolute.
  virtual Outcome put(ByteView name, ByteView value, std::time_t expires, std::time_t now) = 0;
  virtual Found get(ByteView name, std::time_t now) = 0;
  virtual Outcome remove(ByteView name) = 0;
  /// Makes every entry unfindable: how many there were, as far as the store knows.
  virtual core::Result<std::uint64_t> clear() = 0;
  virtual StoreFacts facts() = 0;
  /// The names of entries, at most `limit` of them; none where the store cannot tell them.
  virtual std::vector<Bytes> names(std::size_t /*limit*/) { return {}; }
};

}  // namespace mod_tls::cache
