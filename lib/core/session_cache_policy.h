// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/server_policy.h"

namespace mod_tls::core {

/// Parses the words of TLSSessionCache (directives.md 1.27): "off", or "internal:" with an
/// optional timeout in seconds. Other providers are errors.
Result<SessionCachePolicy> parse_session_cache(std::span<const std::string_view> words);

/// As TLSSessionCache takes it: "off", "internal: 15840".
[[nodiscard]] std::string to_string(const SessionCachePolicy &policy);

}  // namespace mod_tls::core
