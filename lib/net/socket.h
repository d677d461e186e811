// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/result.h"
#include "net/wait.h"

namespace mod_tls::net {

class Address;

/// Socket is a TCP connection whose every step ends by a deadline.
class Socket {
 public:
  /// Connects to the first address of `host` that answers; looking up its name counts, too.
  static core::Result<Socket> connect(const std::string &host, std::uint16_t port,
                                      Deadline deadline);
  /// Connects to an address. The error is io, or not_found or not_permitted for local sockets.
  static core::Result<Socket> connect(const Address &address, Deadline deadline);

  /// A socket that has begun to connect; send() waits for it, as far as its deadline allows.
  static core::Result<Socket> begin(const Address &address);

  Socket(Socket &&other) noexcept;
  Socket &operator=(Socket &&other) noexcept;
  Socket(const Socket &) = delete;
  Socket &operator=(const Socket &) = delete;
  ~Socket();

  /// Sends everything.
  [[nodiscard]] core::Status send(std::span<const std::uint8_t> bytes, Deadline deadline) const;
  /// Receives at least one byte; 0 is the end of the stream.
  [[nodiscard]] core::Result<std::size_t> receive(std::span<std::uint8_t> into,
                                                  Deadline deadline) const;
  /// Whether receive() would return at once, if only with an error.
  [[nodiscard]] bool readable() const;

 private:
  Socket() = default;

  /// 0 or EINPROGRESS, or the error number.
  static int start(const Address &address, Socket &socket);
  /// 0 and a connected `socket`, or the error number.
  static int attempt(const Address &address, Deadline deadline, Socket &socket);

  int fd_ = -1;
};

}  // namespace mod_tls::net
