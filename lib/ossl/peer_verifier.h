// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "core/verify_policy.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// PeerVerification is what the verification of one connection's peer leaves behind.
struct PeerVerification {
  bool ran = false;                     ///< A certificate was verified in this handshake.
  std::vector<std::string> lines = {};  ///< For TLSLog, in order.
  int error = 0;                        ///< X509_V_ERR_*, for the verify-client-failed event.
};

/// Makes a context ask clients for certificates and verify them by `rules`, which it keeps; part
/// of build_context(). An error if it cannot keep them: then nobody may be let in by this context.
[[nodiscard]] core::Status install_peer_verifier(SSL_CTX *ctx, const core::VerifyRules &rules);

/// Whether each control connection to the server of `ssl` is to be verified on its own: what OCSP
/// said when a session was made may not be true any more when it is resumed.
[[nodiscard]] bool verifies_every_time(const SSL *ssl);

/// Lets the handshakes of `ssl` report to `verification`, which must outlive it.
void report_verification(SSL *ssl, PeerVerification &verification);

/// What is known of the client after the handshake; a session may bring it from an earlier one.
[[nodiscard]] core::PeerFacts peer_facts(const SSL *ssl);

}  // namespace mod_tls::ossl
