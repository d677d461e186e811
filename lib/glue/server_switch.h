// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

namespace mod_tls::glue {

/// If the client named another server in the handshake that is over (SNI), makes that server the
/// one of the FTP session, as HOST would have done: every module prepares itself anew. To be called
/// once the control connection is under TLS and nothing of the command is left to do. Does nothing
/// otherwise.
void go_to_named_server();

}  // namespace mod_tls::glue
