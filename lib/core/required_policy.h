// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <string_view>

#include "core/result.h"

namespace mod_tls::core {

/// What TLSRequired says of the data channel.
enum class DataRule : std::uint8_t { allowed, required, refused };

/// RequiredPolicy is a TLSRequired value as its three components (doc/directives.md).
struct RequiredPolicy {
  bool auth = false;     ///< USER, PASS and ACCT need a protected control channel.
  bool control = false;  ///< Every command does.
  DataRule data = DataRule::allowed;

  friend constexpr bool operator==(const RequiredPolicy &, const RequiredPolicy &) = default;
};

/// Parses the one word of TLSRequired. Keywords are case-sensitive, Boolean spellings are not.
Result<RequiredPolicy> parse_required(std::string_view word);

/// The shortest TLSRequired value that means `policy` ("on", "auth+!data", ...).
[[nodiscard]] std::string_view to_string(const RequiredPolicy &policy);

}  // namespace mod_tls::core
