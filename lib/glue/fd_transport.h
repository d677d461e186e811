// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <optional>

#include "core/transport.h"

namespace mod_tls::glue {

/// FdTransport moves bytes over a connected socket, without waiting whatever the socket's mode
/// is. The host keeps one descriptor per direction; both are its own to close.
class FdTransport final : public core::Transport {
 public:
  FdTransport(int read_fd, int write_fd) : read_fd_(read_fd), write_fd_(write_fd) {}

  core::IoResult read(std::span<std::byte> into) override;
  core::IoResult write(std::span<const std::byte> from) override;

  /// The next byte that read() would give, if it is there.
  [[nodiscard]] std::optional<std::byte> peek() const;

  /// Has what arrives next acknowledged at once. A peer may send the two parts of its flight in two
  /// segments, the second only when the first is acknowledged, which takes 40 ms otherwise.
  void expect_flight() const;

  [[nodiscard]] int read_fd() const { return read_fd_; }
  [[nodiscard]] int write_fd() const { return write_fd_; }

 private:
  int read_fd_;
  int write_fd_;
};

}  // namespace mod_tls::glue
