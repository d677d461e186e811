// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <span>
#include <string_view>

#include "core/control_security.h"

namespace mod_tls::core {

/// SSCN: in a transfer between two servers, one of them has to be the TLS client on the data
/// connection; this command says that it is this one.
Decision decide_sscn(const SecurityState &state, const SecurityRules &rules,
                     std::span<const std::string_view> args);

/// Which end of TLS the server is on a data connection.
enum class TlsEnd { server, client };

/// `verb` is the command that opens the connection, in upper case. Listings go to the client
/// that asked for them, so they are never sent as a TLS client.
[[nodiscard]] TlsEnd data_end(std::string_view verb, bool sscn_client);

/// What is known of the certificate of the server at the other end.
struct PeerServerFacts {
  bool names_address = false;  ///< An iPAddress SAN, or the CN, is the address of the connection.
  bool names_host = false;     ///< A dNSName SAN, or the CN, is the host name of that address.
};

/// How another server is verified (TLSVerifyServer).
enum class VerifyServer { off, on, no_reverse_dns };

/// The mode of a checked TLSVerifyServer value.
[[nodiscard]] VerifyServer verify_server_mode(std::string_view value);

/// Whether a certificate whose chain is good is that of the server that was connected. The host
/// name counts only where the mode trusts reverse DNS.
[[nodiscard]] bool peer_server_accepted(VerifyServer mode, const PeerServerFacts &facts);

}  // namespace mod_tls::core
