// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "glue/proftpd.h"

namespace mod_tls::glue {

/// PRE_CMD of every command: applies TLSRequired, and prepares what a transfer needs.
modret_t *before_command(cmd_rec *cmd);

/// LOG_CMD of USER: a section that is known to be that of the name (an <Anonymous>, or one of
/// mod_ifsession with PerUnauthenticatedUser) may ask for protection that is not there; then the
/// session ends before a password is sent in the clear.
modret_t *after_user(cmd_rec *cmd);

/// Handler for LOG_CMD_ERR USER: ends a session whose login with a certificate did not work out.
modret_t *after_refused_user(cmd_rec *cmd);

/// LOG_CMD of PASS (by then every module has merged what it has): the policy may be another one for
/// the user who has just logged in; ends the session if it does not allow this one.
modret_t *after_login(cmd_rec *cmd);

}  // namespace mod_tls::glue
