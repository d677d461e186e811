// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/ip_address.h"

#include <algorithm>

namespace mod_tls::core {

namespace {

constexpr std::size_t kV4 = 4;
constexpr std::size_t kV6 = 16;

/// The IPv4 address inside ::ffff:0:0/96 (RFC 4291 section 2.5.5.2).
AddressBytes unmapped(AddressBytes address) {
  constexpr std::uint8_t kPrefix[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr std::size_t kSize = sizeof kPrefix;
  const bool mapped = address.size() == kV6 && std::ranges::equal(address.first(kSize), kPrefix);
  return mapped ? address.subspan(kSize) : address;
}

bool v4_may_be_asked(AddressBytes address) {
  const bool link_local = address[0] == 169 && address[1] == 254;
  return address[0] != 0 && address[0] < 224 && !link_local;
}

bool v6_may_be_asked(AddressBytes address) {
  const bool unspecified =
      std::ranges::all_of(address, [](std::uint8_t byte) { return byte == 0; });
  const bool link_local = address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
  return !unspecified && !link_local && address[0] != 0xff;
}

}  // namespace

bool same_address(AddressBytes a, AddressBytes b) {
  return !a.empty() && std::ranges::equal(unmapped(a), unmapped(b));
}

bool may_be_asked(AddressBytes address) {
  const AddressBytes plain = unmapped(address);
  if (plain.size() == kV4) return v4_may_be_asked(plain);
  return plain.size() == kV6 && v6_may_be_asked(plain);
}

}  // namespace mod_tls::core
