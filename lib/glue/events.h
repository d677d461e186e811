// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

namespace mod_tls::glue {

/// init() of the module: registers its tables and events. Runs once per SIGHUP as a DSO, once if
/// linked in.
int module_init() noexcept;

/// sess_init() of the module: prepares the session of the current server.
int session_init() noexcept;

/// Opens the session anew if HOST has selected another server since. The host tells by an event,
/// too, but not reliably: other modules' handling of it can make it lose ours.
void follow_current_server();

}  // namespace mod_tls::glue
