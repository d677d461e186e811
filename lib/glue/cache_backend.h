// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cache/byte_store.h"
#include "cache/counters.h"
#include "core/result.h"

namespace mod_tls::glue {

/// What a cache is for; it decides on words and names.
enum class CacheUse { sessions, ocsp };

/// CacheBackend is what one cache module brings: how its store is opened, closed and described.
class CacheBackend {
 public:
  CacheBackend() = default;
  CacheBackend(const CacheBackend &) = delete;
  CacheBackend &operator=(const CacheBackend &) = delete;
  virtual ~CacheBackend() = default;

  /// Opens the store that `info` names, with root privileges if they can be had. Called again
  /// after each restart, with or without a close() in between; what was open and is still wanted
  /// keeps its entries. `notices` get what the admin should know.
  virtual core::Status open(std::string_view info, std::vector<std::string> &notices) = 0;
  /// The daemon has no use for it any more, or is about to restart: entries stay.
  virtual void close() = 0;
  /// Destroys what entries are kept in, as ftpdctl asks for; the store is closed then.
  virtual core::Status destroy() = 0;

  /// Null while closed.
  virtual cache::ByteStore *store() = 0;
  /// Valid while store() is there.
  virtual cache::Counters &counters() = 0;
  /// The first lines of the status, up to the counters.
  virtual std::vector<std::string> describe() = 0;
};

}  // namespace mod_tls::glue
