// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

#include "core/result.h"
#include "core/server_policy.h"
#include "core/sscn.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// A context for connections on which this server is the TLS client (SSCN): protocols, ciphers and
/// groups of the policy, the certificates of `server`, no sessions. Reads no file: with
/// TLSVerifyServer other than off, the other server's chain must lead to a certificate of
/// `trust_text` (trust_text.h).
core::Result<SslCtxPtr> build_client_context(SSL_CTX *server, const core::ServerPolicy &policy,
                                             const std::string &trust_text);

/// What the certificate of the other server says about who it is. `host` may be empty.
[[nodiscard]] core::PeerServerFacts peer_server_facts(const SSL *ssl, const std::string &address,
                                                      const std::string &host);

/// Why the chain of the other server was not accepted; empty if it was, or was not looked at.
[[nodiscard]] std::string chain_failure(const SSL *ssl);

/// The subject of the other server's certificate in one line; empty if it has none.
[[nodiscard]] std::string peer_subject(const SSL *ssl);

}  // namespace mod_tls::ossl
