// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/protocol_set.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Which clients get session tickets (TLSSessionTickets).
enum class Tickets {
  tls13_only,  ///< TLS 1.3 cannot do without; older versions resume by session id.
  all,
};

/// Installs the ClientHello callback on a context.
void install_client_hello(SSL_CTX *ctx, Tickets tickets);

/// The newest version the client of `ssl` offered, after its ClientHello; empty before that, and
/// if it offered none that we have a name for.
[[nodiscard]] std::optional<core::Protocol> offered_protocol(const SSL *ssl);

/// The newest version we have a name for in a supported_versions extension (RFC 8446, 4.2.1);
/// empty if there is none, or if the extension is malformed.
[[nodiscard]] std::optional<core::Protocol> newest_in(std::span<const std::uint8_t> extension);

}  // namespace mod_tls::ossl
