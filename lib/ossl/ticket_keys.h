// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Gives `to` the session ticket keys of `from`, so that a context that replaces another opens
/// the tickets its predecessor issued.
void copy_ticket_keys(SSL_CTX *from, SSL_CTX *to);

}  // namespace mod_tls::ossl
