// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "glue/proftpd.h"

namespace mod_tls::glue {

/// PRE_CMD of every command: applies TLSRequired, and prepares what a transfer needs.
modret_t *before_command(cmd_rec *cmd);

/// LOG_CMD of PASS (by then every module has merged what it has): the policy may be another one for
/// the user who has just logged in; ends the session if it does not allow this one.
modret_t *after_login(cmd_rec *cmd);

}  // namespace mod_tls::glue
