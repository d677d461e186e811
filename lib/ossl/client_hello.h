// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "core/protocol_set.h"
#include "core/server_name.h"
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

/// The versions a client offers: those of its supported_versions extension; without one (empty),
/// `legacy_version` and all older ones.
[[nodiscard]] core::ProtocolSet offered_versions(std::span<const std::uint8_t> extension,
                                                 unsigned legacy_version);

/// What a ClientHello says that decides which server it is for.
struct HelloFacts {
  std::string_view server_name;  ///< Empty without SNI; valid during the call.
  core::ProtocolSet offered;
};

/// Asked once in a handshake, before any of it is negotiated. Must not throw.
using NameHook = std::function<core::ServerNameDecision(const HelloFacts &)>;

/// Makes `hook` decide on the name that the client of `ssl` sends; it must outlive the handshake.
/// Where it asks for another server the handshake stops (Step::other_server in handshake.h), to be
/// begun anew by RecordStream::restart(). Without a hook, names mean nothing.
void set_name_hook(SSL *ssl, const NameHook &hook);

}  // namespace mod_tls::ossl
