// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <string_view>

namespace mod_tls::core {

/// LoginGuard watches a login without password. Once told that no password is needed, the host
/// takes the user for authenticated, and goes on doing so when it refuses the login for a reason
/// of its own (no such shell, <Limit LOGIN>): then the session has to end.
class LoginGuard {
 public:
  /// The host has just been told.
  void grant() { state_ = State::granted; }

  /// Whether a command may begin. The first one is the PASS that the host sends itself.
  [[nodiscard]] bool may_begin(std::string_view verb, bool logged_in);

  /// Whether the session may go on after a USER command.
  [[nodiscard]] bool may_go_on(bool logged_in) const { return logged_in || state_ == State::none; }

 private:
  enum class State : std::uint8_t { none, granted, tried };

  State state_ = State::none;
};

}  // namespace mod_tls::core
