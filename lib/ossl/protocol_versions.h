// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "core/server_policy.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Offers exactly the versions of the policy, holes included, and sets the security level that
/// they and TLSOptions ask for. The value is what the admin should know about it.
core::Result<std::vector<std::string>> set_protocols(SSL_CTX *ctx,
                                                     const core::ServerPolicy &policy);

/// After the ciphers: a notice if @SECLEVEL in the list took away versions the policy names.
[[nodiscard]] std::vector<std::string> level_notices(const SSL_CTX *ctx,
                                                     const core::ServerPolicy &policy);

/// The versions that connections of a finished context can come to: those it offers, less what its
/// security level rules out.
[[nodiscard]] core::ProtocolSet effective_protocols(const SSL_CTX *ctx);

}  // namespace mod_tls::ossl
