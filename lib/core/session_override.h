// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "core/server_policy.h"

namespace mod_tls::core {

/// Whether `wanted`, the policy of one session (an <IfClass> section may have changed it), says of
/// handshakes anything else than `built`, the policy of its server. What is only judged around them
/// (TLSRequired, TLSLog, time limits, most options) does not count.
[[nodiscard]] bool needs_other_context(const ServerPolicy &built, const ServerPolicy &wanted);

/// Whether a user has to be told no before the password: the section that is known to be the one
/// of the name, once USER has come, asks for protection that is not there. `before` is what was in
/// force without it: what the server asks of everybody is judged after the login, because it is
/// then that it may be relaxed.
[[nodiscard]] bool refused_by_name(const RequiredPolicy &before, const RequiredPolicy &section,
                                   bool control_protected);

}  // namespace mod_tls::core
