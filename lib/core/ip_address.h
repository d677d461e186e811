// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <span>

namespace mod_tls::core {

/// An address in network order: 4 bytes, or 16.
using AddressBytes = std::span<const std::uint8_t>;

/// Whether two addresses are the same one; IPv4 may be mapped into IPv6.
[[nodiscard]] bool same_address(AddressBytes a, AddressBytes b);

/// Whether a server may connect to an address that a stranger has named: not to one that means
/// many hosts or this one by default, nor to the link itself, where clouds tell hosts their secrets
/// (RFC 6890: 0.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3, ::, fe80::/10, ff00::/8).
[[nodiscard]] bool may_be_asked(AddressBytes address);

}  // namespace mod_tls::core
