// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <string_view>

#include "core/result.h"

namespace mod_tls::core {

/// The longest duration: the host keeps seconds in an int.
inline constexpr std::chrono::seconds kMaxDuration{2147483647};

/// What parse_duration() takes, for error messages.
inline constexpr std::string_view kDurationSyntax =
    "seconds, or a number with s, sec, m, min, h or hr, or HH:MM:SS";

/// Parses the host's duration syntax (kDurationSyntax; units in any case). The error is worded as
/// strerror(3) does it for the host's own directives: "Invalid argument" (bad_syntax) if it is no
/// duration, "Numerical result out of range" (bad_value) if negative or above kMaxDuration.
Result<std::chrono::seconds> parse_duration(std::string_view text);

/// Parses digits only, up to kMaxDuration; errors as of parse_duration(). A sign is a syntax error
/// except for '-' before digits, which is out of range.
Result<std::chrono::seconds> parse_seconds(std::string_view text);

}  // namespace mod_tls::core
