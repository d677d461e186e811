// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

namespace mod_tls::glue {

/// Implicit FTPS: on a server with TLSOptions UseImplicitSSL, holds the handshake before the banner
/// is sent, and protects data from the start. To be called once the session is complete.
void start_implicit_tls();

}  // namespace mod_tls::glue
