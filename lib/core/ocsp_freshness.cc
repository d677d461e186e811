// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/ocsp_freshness.h"

#include <algorithm>

namespace mod_tls::core {

namespace {

constexpr UnixTime kHour = 3600;
constexpr UnixTime kDay = 24 * kHour;
constexpr std::chrono::seconds kFirstRetry{30};
constexpr std::chrono::seconds kLastRetry{kHour};
constexpr unsigned kDoublings = 7;  // 30 s * 2^7 is more than an hour

}  // namespace

UnixTime stapled_until(const ResponseTimes &times) {
  return times.next_update.value_or(times.obtained + kDay);
}

UnixTime refresh_at(const ResponseTimes &times) {
  if (!times.next_update) return times.obtained + kHour;
  const UnixTime life = std::max<UnixTime>(*times.next_update - times.obtained, 0);
  return times.obtained + life / 2;
}

UnixTime next_request(const ResponseTimes &times, UnixTime now) {
  return std::max(refresh_at(times), now + kFirstRetry.count());
}

std::chrono::seconds retry_delay(unsigned failures) {
  if (failures == 0) return std::chrono::seconds{0};
  const unsigned doublings = std::min(failures - 1, kDoublings);
  return std::min(kFirstRetry * (1U << doublings), kLastRetry);
}

}  // namespace mod_tls::core
