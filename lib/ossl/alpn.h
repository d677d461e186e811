// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Makes connections of a context confirm the protocol "ftp" to clients that offer it by ALPN
/// (RFC 7301). An offer without it is answered with the fatal alert no_application_protocol: its
/// sender means another server (ALPACA). Clients without ALPN are served. As some clients call
/// their data connections "ftp-data", that name is confirmed on those where "ftp" is not offered.
void install_alpn(SSL_CTX *ctx);

/// The entry `wanted` of a ProtocolNameList without its outer length; empty if it is not there or
/// the list is malformed before it.
[[nodiscard]] std::span<const std::uint8_t> find_protocol(std::span<const std::uint8_t> names,
                                                          std::string_view wanted);

}  // namespace mod_tls::ossl
