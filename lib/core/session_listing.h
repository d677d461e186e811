// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace mod_tls::core {

/// What `ftpdctl tls sesscache info -v` shows of a cached session.
struct ListedSession {
  std::string version;       ///< "TLSv1.3".
  std::int64_t started = 0;  ///< Seconds since the epoch.
  std::int64_t seconds = 0;  ///< How long it may be resumed from then on.
};

/// The most sessions that are listed: the host's answers are limited, too.
inline constexpr std::size_t kListedSessions = 100;

/// Writes a time as people read it.
using DateWriter = std::function<std::string(std::int64_t)>;

/// The lines of the listing; `entries` is how many the cache has.
[[nodiscard]] std::vector<std::string> listing_lines(std::span<const ListedSession> sessions,
                                                     std::uint64_t entries, const DateWriter &date);

}  // namespace mod_tls::core
