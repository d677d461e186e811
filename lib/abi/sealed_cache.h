// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <ctime>
#include <optional>
#include <utility>
#include <vector>

#include "cache/session_cache.h"
#include "core/session_listing.h"
#include "ossl/entry_seal.h"
#include "ossl/session_codec.h"

namespace mod_tls::abi {

/// SealedCache keeps sessions or OCSP responses in a store that is not trusted: whatever comes
/// back is proved to be ours before OpenSSL looks at it. What is not counts as a miss.
class SealedCache {
 public:
  SealedCache(cache::ByteStore &store, cache::Counters &counters, ossl::EntryKey key)
      : cache_(store, counters), key_(std::move(key)) {}

  cache::Outcome add(cache::ByteView id, const SSL_SESSION *session, std::time_t expires,
                     std::time_t now);
  /// miss or unavailable with a null session.
  struct FoundSession {
    cache::Outcome outcome = cache::Outcome::miss;
    ossl::SslSessionPtr session = nullptr;
  };
  FoundSession get_session(cache::ByteView id, std::time_t now);

  cache::Outcome add(cache::ByteView fingerprint, const OCSP_RESPONSE *response,
                     std::time_t obtained, std::time_t now);
  struct FoundResponse {
    cache::Outcome outcome = cache::Outcome::miss;
    ossl::DatedResponse dated = {};
  };
  FoundResponse get_response(cache::ByteView fingerprint, std::time_t now);

  cache::Outcome remove(cache::ByteView name) { return cache_.remove(name); }
  core::Result<std::uint64_t> clear() { return cache_.clear(); }
  /// Sessions that can be resumed at `now`, at most `limit` of them; none of a store that cannot
  /// list.
  [[nodiscard]] std::vector<core::ListedSession> list_sessions(std::size_t limit, std::time_t now);
  [[nodiscard]] cache::CacheStatus status() const { return cache_.status(); }

 private:
  cache::Outcome put(const ossl::EntryName &name, std::vector<unsigned char> text,
                     std::time_t expires, std::time_t now);
  struct Text {
    cache::Outcome outcome = cache::Outcome::miss;
    std::vector<unsigned char> bytes = {};
  };
  Text get(const ossl::EntryName &name, std::time_t now);

  cache::SessionCache cache_;
  ossl::EntryKey key_;
};

/// How long a response is kept, in seconds; whether it may be served is for its user to decide.
inline constexpr std::time_t kResponseLifetime = 30L * 24 * 3600;

}  // namespace mod_tls::abi
