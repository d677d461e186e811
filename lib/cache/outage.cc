// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/outage.h"

#include <algorithm>

namespace mod_tls::cache {

/// Doubles with each failure.
std::int64_t Outage::pause() const {
  const std::uint32_t failures = std::clamp<std::uint32_t>(failures_, 1U, 8U);
  return std::min(kShortestPause << (failures - 1U), kLongestPause);
}

bool Outage::claim_probe(std::time_t now) {
  if (!lasts()) return false;
  std::int64_t due = next_probe_;
  // A clock that was set back must not prolong it.
  if (now < due && due - now <= kLongestPause) return false;
  return next_probe_.compare_exchange_strong(due, now + pause());
}

bool Outage::failed(std::time_t now) {
  const bool begins = failures_++ == 0;
  next_probe_ = now + pause();
  return begins;
}

bool Outage::ended() {
  return failures_ != 0 && failures_.exchange(0) != 0;
}

}  // namespace mod_tls::cache
