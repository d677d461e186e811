// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "glue/proftpd.h"

namespace mod_tls::glue {

/// The host's question, at USER, whether it has to ask this user for a password ("requires_pass"):
/// handled means no, because his certificate is enough (AllowDotLogin, TLSUserName).
modret_t *requires_password(cmd_rec *cmd);

}  // namespace mod_tls::glue
