// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "core/cipher_spec.h"
#include "core/result.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Sets one of the two cipher lists of a context. A name that nobody has heard of is an error,
/// where the library would ignore it; ciphers of 40 and 56 bits are left out, whatever the list
/// says. The error reads "unable to use ciphersuite '<list>': <cause>".
core::Status set_cipher_list(SSL_CTX *ctx, const core::CipherEdit &edit);

/// Tries a list on a context of its own.
core::Status try_cipher_list(const core::CipherEdit &edit);

/// Makes one connection follow `ciphers` in place of its context's.
core::Status use_ciphers(SSL *ssl, const core::CipherSpec &ciphers);

}  // namespace mod_tls::ossl
