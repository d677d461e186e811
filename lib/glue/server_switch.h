// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "glue/proftpd.h"

namespace mod_tls::glue {

/// Applies the <IfClass> sections of a server that this session comes to, before the login.
/// mod_ifsession does so itself for the server that the client has connected to, and for none
/// after it; what a class demands would end with HOST or SNI. False: it cannot be done.
[[nodiscard]] bool follow_class(server_rec *server);

/// If the client named another server in the handshake that is over (SNI), makes that server the
/// one of the FTP session, as HOST would have done: every module prepares itself anew. To be called
/// once the control connection is under TLS and nothing of the command is left to do. Does nothing
/// otherwise.
void go_to_named_server();

}  // namespace mod_tls::glue
