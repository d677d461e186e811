// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/callback_guard.h"
#include "glue/certificate_login.h"
#include "glue/commands.h"
#include "glue/events.h"
#include "glue/gate.h"
#include "glue/log.h"
#include "glue/proftpd.h"

namespace {

using mod_tls::glue::guarded_handler;
using mod_tls::glue::guarded_handler_or_end;

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): the host writes to it
cmdtable commands[] = {
    {PRE_CMD, C_ANY, G_NONE, guarded_handler<mod_tls::glue::before_command>, FALSE, FALSE, CL_NONE,
     nullptr},
    {CMD, C_AUTH, G_NONE, guarded_handler<mod_tls::glue::on_auth>, FALSE, FALSE, CL_SEC, nullptr},
    {CMD, C_CCC, G_NONE, guarded_handler<mod_tls::glue::on_ccc>, TRUE, FALSE, CL_SEC, nullptr},
    {CMD, C_PBSZ, G_NONE, guarded_handler<mod_tls::glue::on_pbsz>, FALSE, FALSE, CL_SEC, nullptr},
    {CMD, C_PROT, G_NONE, guarded_handler<mod_tls::glue::on_prot>, FALSE, FALSE, CL_SEC, nullptr},
    {CMD, "SSCN", G_NONE, guarded_handler<mod_tls::glue::on_sscn>, TRUE, FALSE, CL_SEC, nullptr},
    {LOG_CMD, C_USER, G_NONE, guarded_handler_or_end<mod_tls::glue::after_user>, FALSE, FALSE,
     CL_NONE, nullptr},
    {LOG_CMD_ERR, C_USER, G_NONE, guarded_handler_or_end<mod_tls::glue::after_refused_user>, FALSE,
     FALSE, CL_NONE, nullptr},
    {LOG_CMD, C_PASS, G_NONE, guarded_handler_or_end<mod_tls::glue::after_login>, FALSE, FALSE,
     CL_NONE, nullptr},
    {0, nullptr, nullptr, nullptr, FALSE, FALSE, 0, nullptr},
};

/// What fails there must not let anybody in.
modret_t *requires_password(cmd_rec *cmd) noexcept {
  auto *declined = PR_DECLINED(cmd);
  return mod_tls::glue::guarded(declined, [&] { return mod_tls::glue::requires_password(cmd); });
}

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): the host writes to it
authtable authentication[] = {
    {0, "requires_pass", requires_password, nullptr},
    {0, nullptr, nullptr, nullptr},
};

}  // namespace

// The table of directives is filled in by module_init(), before the host reads it.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): the host writes to it
struct module_struc tls_module = {
    nullptr,
    nullptr,
    PR_MODULE_API_VERSION,
    "tls",
    nullptr,
    commands,
    authentication,
    mod_tls::glue::module_init,
    mod_tls::glue::session_init,
    mod_tls::glue::kVersion,
    nullptr,
    0,
};
