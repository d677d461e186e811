// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <ctime>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/server_policy.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Loads into a context what clients are verified against: the CA certificates of
/// TLSCACertificateFile and TLSCACertificatePath (those of the system if there is neither) with the
/// names that are sent to clients, and the CRLs of TLSCARevocationFile and TLSCARevocationPath,
/// which then are needed of each CA of a chain. Of a directory only what has its hashed name is
/// taken. The value is what the admin should know.
core::Result<std::vector<std::string>> set_trust(SSL_CTX *ctx, const core::ServerPolicy &policy,
                                                 std::time_t now);

/// The files behind the directories of a policy that verifies clients.
[[nodiscard]] std::vector<std::string> trust_files(const core::ServerPolicy &policy);

/// A text that differs where the certificates or CRLs of two stores do.
[[nodiscard]] std::string trust_digest(X509_STORE *store);

}  // namespace mod_tls::ossl
