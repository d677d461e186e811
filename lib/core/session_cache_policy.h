// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/server_policy.h"

namespace mod_tls::core {

/// Parses the words of TLSSessionCache (doc/caches.md): "off", or "provider:info" with an
/// optional timeout in seconds. Which providers there are is known to the caller, not here.
Result<SessionCachePolicy> parse_session_cache(std::span<const std::string_view> words);

/// As TLSSessionCache takes it: "off", "internal: 15840", "shm:/file=/var/lib/tls 1800".
[[nodiscard]] std::string to_string(const SessionCachePolicy &policy);

/// The error for a provider that nothing has registered; `known` are those that are there.
Error unknown_session_cache(std::string_view provider, std::span<const std::string_view> known);

}  // namespace mod_tls::core
