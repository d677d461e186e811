// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "core/cipher_spec.h"
#include "core/result.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Sets one of the two cipher lists of a context. The value has a notice for each TLS 1.3 suite
/// that this library does not know; it ignores them as long as it knows one. The error reads
/// "unable to use ciphersuite '<list>': <cause>".
core::Result<std::vector<std::string>> set_cipher_list(SSL_CTX *ctx, const core::CipherEdit &edit);

/// Tries a list on a context of its own.
core::Result<std::vector<std::string>> try_cipher_list(const core::CipherEdit &edit);

}  // namespace mod_tls::ossl
