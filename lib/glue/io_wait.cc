// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/io_wait.h"

#include <poll.h>

#include <algorithm>
#include <array>

#include "glue/proftpd.h"

namespace mod_tls::glue {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSlice{1000};

milliseconds next_slice(SteadyTime deadline) {
  if (deadline == kNoDeadline) return kSlice;
  const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
  return std::clamp(left, milliseconds{0}, kSlice);
}

short events_for(Ready what) {
  return what == Ready::readable ? POLLIN : POLLOUT;
}

}  // namespace

SteadyTime deadline_in(std::chrono::milliseconds span) {
  return std::chrono::steady_clock::now() + span;
}

bool is_past(SteadyTime deadline) {
  return deadline != kNoDeadline && std::chrono::steady_clock::now() >= deadline;
}

void pump_signals() {
  errno = 0;
  pr_signals_handle();
}

Waited wait_for(int fd, Ready what, SteadyTime deadline, WaitHooks hooks) {
  std::array<pollfd, 2> fds{{{fd, events_for(what), 0}, {hooks.also_readable, POLLIN, 0}}};
  for (;;) {
    const milliseconds slice = next_slice(deadline);
    const int ready = ::poll(fds.data(), fds.size(), static_cast<int>(slice.count()));
    if (ready < 0 && errno != EINTR) return Waited::failed;
    pump_signals();
    if (ready > 0 && fds[0].revents != 0) return Waited::ready;
    if (ready > 0 && fds[1].revents != 0 && !hooks.on_also()) fds[1].fd = -1;
    if (hooks.interrupt && hooks.interrupt()) return Waited::interrupted;
    if (ready == 0 && is_past(deadline)) return Waited::timed_out;
  }
}

}  // namespace mod_tls::glue
