// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <functional>

namespace mod_tls::glue {

/// Which way a descriptor has to become ready.
enum class Ready { readable, writable };

enum class Waited {
  ready,
  timed_out,
  interrupted,  ///< `interrupt` said so; the operation is to be given up.
  failed,       ///< poll(2) itself failed; errno is set.
};

/// Points in time for deadlines; not affected by clock changes.
using SteadyTime = std::chrono::steady_clock::time_point;
inline constexpr SteadyTime kNoDeadline = SteadyTime::max();
SteadyTime deadline_in(std::chrono::milliseconds span);
/// For loops around wait_for(): a descriptor that is always ready never lets it time out.
[[nodiscard]] bool is_past(SteadyTime deadline);

/// Lets the host deliver its signals and timers, which may end the process. errno is cleared
/// first: the host sleeps 200 ms when it finds EINTR there.
void pump_signals();

/// What a wait watches beside its own descriptor.
struct WaitHooks {
  std::function<bool()> interrupt = {};  ///< Asked about once per second; true gives up.
  int also_readable = -1;                ///< A second descriptor whose input matters...
  std::function<bool()> on_also = {};    ///< ...and what to do with it; false: stop watching it.
};

/// Waits until `fd` is ready, or `deadline`, pumping signals at least once per second.
Waited wait_for(int fd, Ready what, SteadyTime deadline, WaitHooks hooks = {});

}  // namespace mod_tls::glue
