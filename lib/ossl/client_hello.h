// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Installs the ClientHello callback on a context: tickets for TLS 1.2 and older are suppressed
/// per connection (they are off by default, TLSSessionTickets), while TLS 1.3 keeps its own.
void install_client_hello(SSL_CTX *ctx);

}  // namespace mod_tls::ossl
