// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mod_tls::core {

/// The protocol versions that TLSProtocol can name, oldest first.
enum class Protocol : std::uint8_t { sslv3, tlsv1, tlsv1_1, tlsv1_2, tlsv1_3 };

inline constexpr Protocol kAllProtocols[] = {Protocol::sslv3, Protocol::tlsv1, Protocol::tlsv1_1,
                                             Protocol::tlsv1_2, Protocol::tlsv1_3};

/// ProtocolSet is the set of versions a server offers. Holes are legal and honoured.
class ProtocolSet {
 public:
  constexpr ProtocolSet() = default;
  constexpr ProtocolSet(std::initializer_list<Protocol> protocols) {
    for (const Protocol p : protocols) add(p);
  }

  constexpr void add(Protocol p) { bits_ = static_cast<std::uint8_t>(bits_ | bit(p)); }
  constexpr void remove(Protocol p) { bits_ = static_cast<std::uint8_t>(bits_ & ~bit(p)); }
  [[nodiscard]] constexpr bool contains(Protocol p) const { return (bits_ & bit(p)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] bool has_gap() const;
  /// Precondition: not empty.
  [[nodiscard]] Protocol lowest() const;
  [[nodiscard]] Protocol highest() const;

  friend constexpr bool operator==(const ProtocolSet &, const ProtocolSet &) = default;

 private:
  static constexpr unsigned bit(Protocol p) { return 1U << static_cast<unsigned>(p); }
  std::uint8_t bits_ = 0;
};

/// The versions offered without TLSProtocol: TLS 1.2 and 1.3 (RFC 9325; older by naming them).
inline constexpr ProtocolSet kDefaultProtocols{Protocol::tlsv1_2, Protocol::tlsv1_3};

/// "TLSv1.2"; TLS 1.0 is "TLSv1", as OpenSSL and the logs spell it.
[[nodiscard]] std::string_view protocol_name(Protocol p);

/// Parses the words of TLSProtocol (doc/directives.md): plain lists, "SSLv23", "ALL -TLSv1 ...".
/// Case-insensitive.
Result<ProtocolSet> parse_protocols(std::span<const std::string_view> words);

/// "TLSv1.2, TLSv1.3", oldest first.
[[nodiscard]] std::string to_string(const ProtocolSet &set);

/// "supporting TLSv1.2, TLSv1.3 protocols", or "supporting TLSv1.3 protocol only".
[[nodiscard]] std::string supporting_text(const ProtocolSet &set);

}  // namespace mod_tls::core
