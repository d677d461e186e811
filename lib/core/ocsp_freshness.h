// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace mod_tls::core {

/// A moment in seconds since the epoch, as OCSP and the cache interface have it.
using UnixTime = std::int64_t;

/// The times of an OCSP response that are looked at.
struct ResponseTimes {
  UnixTime obtained = 0;                     ///< When it came from the responder.
  std::optional<UnixTime> next_update = {};  ///< RFC 6960 section 4.2.2.1; absent: newer any time.

  friend bool operator==(const ResponseTimes &, const ResponseTimes &) = default;
};

/// Until when a response may be stapled: never past nextUpdate, and without one for a day.
[[nodiscard]] UnixTime stapled_until(const ResponseTimes &times);

/// When to ask for the next one: half way to nextUpdate (RFC 6961 leaves it open; half gives time
/// for many attempts), or an hour after it was obtained if there is no nextUpdate.
[[nodiscard]] UnixTime refresh_at(const ResponseTimes &times);

/// The same for a response that has just come: not at once, however short it lasts.
[[nodiscard]] UnixTime next_request(const ResponseTimes &times, UnixTime now);

/// How long to wait after the nth failure in a row: 30 s, doubled each time, an hour at most.
[[nodiscard]] std::chrono::seconds retry_delay(unsigned failures);

}  // namespace mod_tls::core
