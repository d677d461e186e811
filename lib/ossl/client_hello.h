// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/protocol_set.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Installs the ClientHello callback on a context: tickets for TLS 1.2 and older are suppressed
/// per connection (they are off by default, TLSSessionTickets), while TLS 1.3 keeps its own.
void install_client_hello(SSL_CTX *ctx);

/// The newest version the client of `ssl` offered, after its ClientHello; empty before that, and
/// if it offered none that we have a name for.
[[nodiscard]] std::optional<core::Protocol> offered_protocol(const SSL *ssl);

/// The newest version we have a name for in a supported_versions extension (RFC 8446, 4.2.1);
/// empty if there is none, or if the extension is malformed.
[[nodiscard]] std::optional<core::Protocol> newest_in(std::span<const std::uint8_t> extension);

}  // namespace mod_tls::ossl
