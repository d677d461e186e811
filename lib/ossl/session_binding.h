// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "core/result.h"
#include "core/session_reuse.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// The random id that a control session writes into every session and ticket it issues, and that
/// a data connection's resumed session must carry (doc/architecture.md).
using BindingId = std::array<std::byte, core::kBindingSize>;

core::Result<BindingId> make_binding();

/// What a connection's handshake may do with sessions.
enum class ConnectionRole {
  control,  ///< Issues two tickets, renews on resumption, writes `binding` into them.
  data,     ///< Accepts sessions, issues none (an unread ticket can reset an upload).
};

/// Installs the ticket callbacks on a context; part of build_context().
void install_ticket_callbacks(SSL_CTX *ctx);

/// Prepares `ssl` for its role before the handshake. `binding` must outlive `ssl`. False if it
/// cannot be: then its sessions would be nobody's.
[[nodiscard]] bool prepare_connection(SSL *ssl, ConnectionRole role, const BindingId &binding);

/// Whether `ssl` was prepared as a control connection.
[[nodiscard]] bool is_control(const SSL *ssl);

/// Writes the binding id of the control connection `ssl` into `session`; false if that fails.
bool bind_session(const SSL *ssl, SSL_SESSION *session);

/// Whether `ssl` was prepared for ConnectionRole::control.
[[nodiscard]] bool is_control_connection(const SSL *ssl);

/// The same for the session that the control connection has now; while a handshake runs, nothing.
void bind_current_session(SSL *control);

/// After a control handshake: writes the binding into the session itself, so that TLS 1.2 session
/// ids carry it too. Where the protocol gives a resumed session no new identity (TLS 1.2),
/// `binding` takes over the id the session already has.
void adopt_binding(SSL *ssl, BindingId &binding);

/// The binding id inside the session of `ssl`; empty if it has none. Valid while `ssl` keeps its
/// session.
[[nodiscard]] std::span<const std::byte> carried_binding(const SSL *ssl);

/// After a data handshake that resumed a session kept by this process: makes it the last that is
/// given up when the process has kept too many.
void keep_used(SSL *data);

/// The part of renew_supply() that needs no word to the client: a TLS 1.2 session stays findable.
void keep_supply(SSL *control);

/// Keeps what the client can resume alive as long as its control connection: restarts the clock
/// of a TLS 1.2 session, queues a fresh TLS 1.3 ticket that leaves with the next write.
void renew_supply(SSL *control);

}  // namespace mod_tls::ossl
