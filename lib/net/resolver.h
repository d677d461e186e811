// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/ip_address.h"
#include "core/result.h"

namespace mod_tls::net {

/// Address is where a socket can connect to.
class Address {
 public:
  Address(const sockaddr *address, socklen_t size);

  [[nodiscard]] int family() const { return storage_.ss_family; }
  /// Valid as long as the object; empty for families other than those of the Internet.
  [[nodiscard]] core::AddressBytes bytes() const;
  [[nodiscard]] const sockaddr *get() const;
  [[nodiscard]] socklen_t size() const { return size_; }

 private:
  sockaddr_storage storage_{};
  socklen_t size_;
};

/// The addresses of a name or address literal, in the order of the system's choice; by `deadline`,
/// however long a name server thinks. Those that may not be asked (core/ip_address.h) are left out.
core::Result<std::vector<Address>> resolve(const std::string &host, std::uint16_t port,
                                           std::chrono::steady_clock::time_point deadline);

}  // namespace mod_tls::net
