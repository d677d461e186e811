// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace mod_tls::core {

/// What TLSCryptoDevice says for "whatever there is".
inline constexpr std::string_view kEveryDevice = "ALL";

/// The word behind TLSCryptoDevice: kEveryDevice (in any case), the name of an OpenSSL provider, or
/// nothing for "none".
/// The name becomes that of a file and part of a property query (property(7)), so it has nothing
/// that means anything there.
[[nodiscard]] Result<std::string> parse_crypto_device(std::string_view word);

/// The property query that prefers the algorithms of a provider; empty for kEveryDevice and none.
[[nodiscard]] std::string property_query(std::string_view device);

}  // namespace mod_tls::core
