// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

namespace test {

/// What the host was asked to do, for tests that run without one.
struct Host {
  bool ended = false;   ///< The session; the real host does not return from there.
  std::string refused;  ///< The code of the last error reply.
  std::string log;      ///< Of the daemon, one line each.
};

Host &host();

}  // namespace test
