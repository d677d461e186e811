// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/session_cache.h"

namespace mod_tls::cache {

Outcome SessionCache::put(ByteView name, ByteView value, std::time_t expires, std::time_t now) {
  if (expires <= now) return Outcome::done;  // nobody could find it
  const Outcome outcome =
      value.size() > kMaxEntry ? Outcome::too_large : store_.put(name, value, expires, now);
  switch (outcome) {
    case Outcome::done:
      counters_.stored++;
      break;
    case Outcome::too_large:
      count_exceeding(counters_, value.size());
      break;
    case Outcome::miss:
    case Outcome::unavailable:
    case Outcome::told:
      counters_.errors++;
      break;
    case Outcome::skipped:
      break;
  }
  return outcome;
}

Found SessionCache::get(ByteView name, std::time_t now) {
  Found found = store_.get(name, now);
  if (found.outcome == Outcome::done) {
    counters_.hits++;
  } else if (found.outcome == Outcome::miss || found.outcome == Outcome::skipped) {
    counters_.misses++;
  } else {
    counters_.errors++;
  }
  return found;
}

Outcome SessionCache::remove(ByteView name) {
  const Outcome outcome = store_.remove(name);
  if (outcome == Outcome::done) counters_.deleted++;
  if (outcome == Outcome::unavailable || outcome == Outcome::told) counters_.errors++;
  return outcome;
}

core::Result<std::uint64_t> SessionCache::clear() {
  auto cleared = store_.clear();
  if (cleared) counters_.deleted += *cleared;
  return cleared;
}

void SessionCache::reject(ByteView name) {
  counters_.hits--;
  counters_.misses++;
  counters_.errors++;
  (void)store_.remove(name);
}

CacheStatus SessionCache::status() const {
  return {.hits = counters_.hits,
          .misses = counters_.misses,
          .stored = counters_.stored,
          .deleted = counters_.deleted,
          .errors = counters_.errors,
          .exceeded = counters_.exceeded,
          .largest_exceeding = counters_.largest_exceeding,
          .store = store_.facts()};
}

}  // namespace mod_tls::cache
