// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "glue/tls_session.h"

namespace mod_tls::glue {

/// Drops what the client sent in the clear behind AUTH: it must not count as sent under TLS
/// (command injection, CVE-2011-0411).
void discard_pipelined();

/// Holds the handshake on the control connection and makes the session one of FTPS, on the server
/// that the client named (SNI). If that fails,
/// the log gets `failure_line`, the client a 421, and the process ends.
void start_control(TlsSession &tls, const char *failure_line);

/// Protects data connections from now on, without a PROT that would tell the host.
void protect_data_unasked(TlsSession &tls);

}  // namespace mod_tls::glue
