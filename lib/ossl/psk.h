// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "core/server_policy.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Reads the pre-shared keys of `policy` and installs what offers them: the PSK suites of TLS 1.2
/// and older (RFC 4279), and external keys with SHA-256 of TLS 1.3 (RFC 8446 4.2.11). A key that
/// cannot be used gets a notice and is left out. Without TLSPreSharedKey nothing happens.
core::Result<std::vector<std::string>> set_pre_shared_keys(SSL_CTX *ctx,
                                                           const core::ServerPolicy &policy);

/// TLSLog lines about the identity that the client of this handshake named, if any.
[[nodiscard]] std::vector<std::string> psk_lines(const SSL *ssl);

/// Whether the handshake was held with an external key of TLS 1.3, which the library calls a
/// resumed session.
[[nodiscard]] bool used_external_key(const SSL *ssl);

}  // namespace mod_tls::ossl
