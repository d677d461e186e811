// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/ip_address.h"
#include "core/result.h"
#include "net/wait.h"

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

/// The addresses of a name or address literal, in the order of the system's choice, 16 at most; by
/// `deadline`, however long a name server thinks. A name is looked up in a child process.
/// Those that may not be asked (core/ip_address.h) are left out.
core::Result<std::vector<Address>> resolve(const std::string &host, std::uint16_t port,
                                           Deadline deadline);

}  // namespace mod_tls::net
