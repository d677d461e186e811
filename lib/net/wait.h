// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <cstddef>

namespace mod_tls::net {

/// A point in time by which something must have happened.
using Deadline = std::chrono::steady_clock::time_point;

/// Waits until a descriptor is ready for `events` of poll(2). 0, or the error number: ETIMEDOUT
/// when it is not by the deadline.
[[nodiscard]] int wait_for(int fd, short events, Deadline deadline);

/// An equal share of the time that is left, for the first of `parts` attempts (1 at least).
[[nodiscard]] Deadline share_of(Deadline deadline, std::size_t parts);

}  // namespace mod_tls::net
