// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "core/server_policy.h"
#include "ossl/peer_verifier.h"

namespace mod_tls::glue {

/// Writes what the verification of a handshake has said to TLSLog, tells the modules that listen
/// for mod_tls.verify-client and mod_tls.verify-client-failed, and empties it.
void tell_verification(ossl::PeerVerification &verification);

/// Ends the session, with a reply inside TLS, if `policy` does not admit the client whose control
/// handshake is complete: also one that resumed a session and so was not verified now.
void admit_client(const core::ServerPolicy &policy, const SSL *ssl);

/// Does so after a renegotiation, which must not have changed who the client is, either.
void admit_client_again(const core::ServerPolicy &policy, const SSL *ssl);

}  // namespace mod_tls::glue
