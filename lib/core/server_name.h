// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/protocol_set.h"

namespace mod_tls::core {

/// Whether `name` is an IPv4 or IPv6 address (which RFC 6066, section 3, does not allow as a
/// server name), in brackets or not.
[[nodiscard]] bool is_address_literal(std::string_view name);

/// `name` without the dot that may end a fully qualified name.
[[nodiscard]] std::string_view without_trailing_dot(std::string_view name);

/// The host name in the body of a server_name extension (RFC 6066, section 3). Empty if there is
/// none, if the extension is malformed, or if the name has other bytes than printable ASCII without
/// spaces.
[[nodiscard]] std::span<const std::uint8_t> host_name_in(std::span<const std::uint8_t> extension);

/// What a name stands for among the servers of the address and port that the client is on.
enum class NamedServer {
  no_names,     ///< None of them has a ServerAlias, so names mean nothing here.
  unknown,      ///< None of them has this one.
  current,      ///< The one that the session is on.
  other,        ///< Another one, ready for TLS.
  without_tls,  ///< Another one, with TLSEngine off.
  unusable,     ///< Another one, whose settings cannot be applied.
};

/// What is known when the client's ClientHello names a server (SNI).
struct ServerNameFacts {
  std::string_view name;       ///< As sent; empty if none was.
  std::string_view host = {};  ///< What HOST named before; empty without HOST.
  bool ignore = false;         ///< TLSOptions IgnoreSNI of the current server.
  bool logged_in = false;
  NamedServer server = NamedServer::no_names;
  ProtocolSet offered = {};  ///< By the client.
  ProtocolSet allowed = {};  ///< TLSProtocol of the other server; without meaning for the rest.
};

/// The fatal alerts (RFC 8446, section 6.2) that a name can meet with.
enum class NameAlert { access_denied, protocol_version, unrecognized_name };

/// What becomes of a name.
struct ServerNameDecision {
  enum class Action {
    ignore,         ///< As if none had been sent.
    accept,         ///< The session stays where it is, and the name is known from now on.
    switch_server,  ///< The other server's settings for this handshake, then the session.
    reject,         ///< `alert`; the texts say why.
  };
  Action action = Action::ignore;
  NameAlert alert = NameAlert::unrecognized_name;
  std::string log = {};
  std::string told = {};   ///< What the client is told, where it can be.
  std::string trace = {};  ///< Cause and remedy.
};

/// Whether the decision depends on which server has the name: it need not be looked up otherwise
/// (which may have effects on that server).
[[nodiscard]] bool server_matters(const ServerNameFacts &facts);

/// Decides on the name of a ClientHello of the control connection (doc/virtual-hosts.md).
[[nodiscard]] ServerNameDecision decide_server_name(const ServerNameFacts &facts);

}  // namespace mod_tls::core
