// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/login_guard.h"

namespace mod_tls::core {

bool LoginGuard::may_begin(std::string_view verb, bool logged_in) {
  if (may_go_on(logged_in)) return true;
  const bool first = state_ == State::granted;
  state_ = State::tried;
  return first && verb == "PASS";
}

}  // namespace mod_tls::core
