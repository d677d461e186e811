// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "glue/proftpd.h"

namespace mod_tls::glue {

/// CMD handlers of RFC 2228 and 4217: they ask core/control_security, reply and do the effect.
modret_t *on_auth(cmd_rec *cmd);
modret_t *on_ccc(cmd_rec *cmd);
modret_t *on_pbsz(cmd_rec *cmd);
modret_t *on_prot(cmd_rec *cmd);
modret_t *on_sscn(cmd_rec *cmd);

}  // namespace mod_tls::glue
