// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>

namespace mod_tls::net {

/// A point in time by which something must have happened.
using Deadline = std::chrono::steady_clock::time_point;

/// Waits until a descriptor is ready for `events` of poll(2). 0, or the error number: ETIMEDOUT
/// when it is not by the deadline.
[[nodiscard]] int wait_for(int fd, short events, Deadline deadline);

}  // namespace mod_tls::net
