// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <ctime>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/server_policy.h"
#include "ossl/handles.h"
#include "ossl/pass_phrases.h"

namespace mod_tls::ossl {

/// Gives a context the certificates and keys of the policy, each with its chain: that of
/// TLSCertificateChainFile, else what is in the certificate's own file, else what the CA
/// certificates have for it. `phrases` opens encrypted keys. The value is what the admin
/// should know. Nothing is looked up in a handshake later.
core::Result<std::vector<std::string>> set_identity(SSL_CTX *ctx, const core::ServerPolicy &policy,
                                                    std::time_t now,
                                                    const PassPhrases &phrases = {});

}  // namespace mod_tls::ossl
