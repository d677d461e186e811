// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>

namespace mod_tls::net {

/// A pipe whose ends are closed when it goes, or before, and in programs that are executed.
class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) ends_ = {-1, -1};
  }
  Pipe(const Pipe &) = delete;
  Pipe &operator=(const Pipe &) = delete;
  ~Pipe() {
    close_end(ends_[0]);
    close_end(ends_[1]);
  }

  [[nodiscard]] bool ok() const { return ends_[0] >= 0; }
  [[nodiscard]] int reader() const { return ends_[0]; }
  [[nodiscard]] int writer() const { return ends_[1]; }
  /// In the parent: what the child writes is all there will be.
  void keep_reader() { close_end(ends_[1]); }

 private:
  static void close_end(int &fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
  std::array<int, 2> ends_{-1, -1};
};

}  // namespace mod_tls::net
