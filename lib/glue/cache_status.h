// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "cache/session_cache.h"
#include "glue/cache_backend.h"

namespace mod_tls::glue {

/// The counters of a cache as "ftpdctl tls" shows them (doc/caches.md).
std::vector<std::string> counter_lines(CacheUse use, const cache::CacheStatus &status);

/// "Sat Nov 21 07:37:59 2026", in local time.
[[nodiscard]] std::string date_text(std::time_t time);

}  // namespace mod_tls::glue
