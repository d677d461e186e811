// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mod_tls::core {

using Bytes = std::span<const std::uint8_t>;

/// A TLS handshake message (RFC 8446 section 4, RFC 5246 section 7.4) in words, for diagnostics.
/// The bytes come from the peer: every length is checked, and what does not fit is called
/// malformed.
struct HandshakeMessage {
  Bytes bytes;         ///< With its header of four bytes.
  bool tls13 = false;  ///< The version that has been agreed upon is TLS 1.3.
};

/// "ClientHello" and so on; empty for types without a name.
[[nodiscard]] std::string_view handshake_name(std::uint8_t type);
/// "close_notify" and so on; empty for alerts without a name.
[[nodiscard]] std::string_view alert_name(std::uint8_t alert);

/// One extension of a hello.
struct Extension {
  std::uint16_t type = 0;
  Bytes body;
};

/// The extensions of a ClientHello, ServerHello or EncryptedExtensions, as far as they are whole.
[[nodiscard]] std::vector<Extension> extensions_of(const HandshakeMessage &message);
/// "server_name" and so on, or "(unknown)".
[[nodiscard]] std::string_view extension_name(std::uint16_t type);

/// The names of an ALPN extension (RFC 7301), printable and quoted, separated by commas.
[[nodiscard]] std::string protocol_names(Bytes extension);

/// How the caller calls a cipher suite.
using CipherNamer = std::function<std::string(std::uint16_t)>;

/// The contents of a ClientHello, ServerHello, EncryptedExtensions or NewSessionTicket, one line
/// each, indented by two spaces per level; nothing for other messages. Neither tickets nor key
/// shares are shown, only their sizes.
[[nodiscard]] std::vector<std::string> describe_message(const HandshakeMessage &message,
                                                        const CipherNamer &cipher_name);

}  // namespace mod_tls::core
