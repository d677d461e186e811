// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <span>

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Makes connections of a context confirm the protocol "ftp" to clients that offer it by ALPN
/// (RFC 7301). Clients that offer others only are served without a confirmation.
void install_alpn(SSL_CTX *ctx);

/// The entry "ftp" of a ProtocolNameList without its outer length; empty if it is not there or
/// the list is malformed before it.
[[nodiscard]] std::span<const std::uint8_t> find_ftp(std::span<const std::uint8_t> names);

}  // namespace mod_tls::ossl
