// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/verify_policy.h"

namespace mod_tls::core {

/// TLSVerifyClient: a Boolean, or "optional".
Result<VerifyClient> parse_verify_client(std::string_view word);

/// TLSVerifyDepth: how many certificates a client's chain may have above its own.
Result<std::uint32_t> parse_verify_depth(std::string_view word);

/// TLSVerifyOrder: one or two of crl and ocsp; "crl", or "ocsp crl", in small letters.
Result<std::string> parse_verify_order(std::span<const std::string_view> words);

/// TLSVerifyServer: "on", "off" or "NoReverseDNS".
Result<std::string> parse_verify_server(std::string_view word);

}  // namespace mod_tls::core
