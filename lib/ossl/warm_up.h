// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Holds full and resumed handshakes against `server` in memory, with every protocol version it
/// has. OpenSSL fetches and caches its algorithms at their first use; done here, before the fork,
/// sessions inherit them instead of spending time and memory on them each. Best effort.
void warm_up(SSL_CTX *server);

}  // namespace mod_tls::ossl
