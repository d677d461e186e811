// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "net/resolver.h"

namespace mod_tls::net {

namespace {

core::Errc errc_of(int error) {
  if (error == ENOENT) return core::Errc::not_found;
  return error == EACCES || error == EPERM ? core::Errc::not_permitted : core::Errc::io;
}

core::Error io_error(const std::string &what, int error) {
  return {errc_of(error), what + ": " + core::errno_text(error)};
}

int connect_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

}  // namespace

int Socket::start(const Address &address, Socket &socket) {
  socket.fd_ = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket.fd_ < 0) return errno;
  return ::connect(socket.fd_, address.get(), address.size()) == 0 ? 0 : errno;
}

int Socket::attempt(const Address &address, Deadline deadline, Socket &socket) {
  Socket fresh;
  int error = start(address, fresh);
  if (error == EINPROGRESS) error = wait_for(fresh.fd_, POLLOUT, deadline);
  if (error == 0) error = connect_error(fresh.fd_);
  if (error == 0) socket = std::move(fresh);
  return error;
}

core::Result<Socket> Socket::connect(const std::string &host, std::uint16_t port,
                                     Deadline deadline) {
  auto addresses = resolve(host, port, deadline);
  if (!addresses) return std::move(addresses).error();
  Socket socket;
  int error = EHOSTUNREACH;
  std::size_t left = addresses->size();
  for (const Address &address : *addresses) {
    error = attempt(address, share_of(deadline, left--), socket);
    if (error == 0) return socket;
  }
  return io_error("cannot connect to " + host + " port " + std::to_string(port), error);
}

core::Result<Socket> Socket::connect(const Address &address, Deadline deadline) {
  Socket socket;
  if (const int error = attempt(address, deadline, socket); error != 0) {
    return io_error("cannot connect", error);
  }
  return socket;
}

core::Result<Socket> Socket::begin(const Address &address) {
  Socket socket;
  const int error = start(address, socket);
  if (error != 0 && error != EINPROGRESS) return io_error("cannot connect", error);
  return socket;
}

Socket::Socket(Socket &&other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Socket &Socket::operator=(Socket &&other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

core::Status Socket::send(std::span<const std::uint8_t> bytes, Deadline deadline) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno != EAGAIN && errno != EINTR) return io_error("cannot send", errno);
    if (const int error = wait_for(fd_, POLLOUT, deadline); error != 0) {
      return io_error("cannot send", error);
    }
  }
  return core::success();
}

core::Result<std::size_t> Socket::receive(std::span<std::uint8_t> into, Deadline deadline) const {
  for (;;) {
    // First waiting, so that a peer that never stops sending meets the deadline, too.
    if (const int error = wait_for(fd_, POLLIN, deadline); error != 0) {
      return io_error("no answer", error);
    }
    const ssize_t received = ::recv(fd_, into.data(), into.size(), 0);
    if (received >= 0) return static_cast<std::size_t>(received);
    if (errno != EAGAIN && errno != EINTR) return io_error("cannot receive", errno);
  }
}

bool Socket::readable() const {
  return wait_for(fd_, POLLIN, std::chrono::steady_clock::now()) == 0;
}

}  // namespace mod_tls::net
