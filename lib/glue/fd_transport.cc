// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/fd_transport.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

namespace mod_tls::glue {

namespace {

core::IoResult failure() {
  const int error = errno;
  if (error == EAGAIN || error == EWOULDBLOCK) return {core::IoStatus::would_block};
  return {core::IoStatus::failed, 0, error};
}

}  // namespace

core::IoResult FdTransport::read(std::span<std::byte> into) {
  ssize_t n = 0;
  do {
    n = ::recv(read_fd_, into.data(), into.size(), MSG_DONTWAIT);
  } while (n < 0 && errno == EINTR);
  if (n < 0) return failure();
  if (n == 0) return {core::IoStatus::end_of_stream};
  return {core::IoStatus::ok, static_cast<std::size_t>(n)};
}

std::optional<std::byte> FdTransport::peek() const {
  std::byte next{};
  if (::recv(read_fd_, &next, 1, MSG_PEEK | MSG_DONTWAIT) != 1) return {};
  return next;
}

void FdTransport::expect_flight() const {
#ifdef TCP_QUICKACK
  const int on = 1;
  (void)::setsockopt(read_fd_, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#endif
}

core::IoResult FdTransport::write(std::span<const std::byte> from) {
  ssize_t n = 0;
  do {
    n = ::send(write_fd_, from.data(), from.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  if (n < 0) return failure();
  return {core::IoStatus::ok, static_cast<std::size_t>(n)};
}

}  // namespace mod_tls::glue
