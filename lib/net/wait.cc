// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/wait.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace mod_tls::net {

namespace {

/// Milliseconds for poll(2); 0 when it is over.
int time_left(Deadline deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  constexpr std::chrono::milliseconds kMost{1'000'000};
  return static_cast<int>(std::clamp(left, std::chrono::milliseconds{0}, kMost).count());
}

}  // namespace

int wait_for(int fd, short events, Deadline deadline) {
  for (;;) {
    pollfd poll_fd{.fd = fd, .events = events, .revents = 0};
    const int ready = ::poll(&poll_fd, 1, time_left(deadline));
    if (ready > 0) return 0;
    if (ready == 0) return ETIMEDOUT;
    if (errno != EINTR) return errno;
  }
}

Deadline share_of(Deadline deadline, std::size_t parts) {
  const Deadline now = std::chrono::steady_clock::now();
  return now + (deadline - now) / static_cast<Deadline::rep>(std::max<std::size_t>(parts, 1));
}

}  // namespace mod_tls::net
