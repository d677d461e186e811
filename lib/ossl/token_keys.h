// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "core/result.h"
#include "core/server_policy.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

struct PassPhrases;

/// Opens the keys of `policy` that are in tokens anew and gives them to `ctx`, which was built from
/// it: sessions with a token do not survive a fork (PKCS #11 v3.0, section 2.5.1). Keys in files
/// are left as they are. The error names the directive.
core::Status reopen_token_keys(SSL_CTX *ctx, const core::ServerPolicy &policy,
                               const PassPhrases &phrases);

}  // namespace mod_tls::ossl
