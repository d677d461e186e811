// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <ctime>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/server_policy.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

struct PassPhrases;

/// A ready SSL_CTX with what is worth telling the admin about it.
struct BuiltContext {
  SslCtxPtr ctx;
  std::vector<std::string> notices = {};
  std::vector<std::string> log_lines = {};  ///< What the log of each session begins with.
};

/// Builds the context of one policy: credentials, chain, protocols, ciphers, trust, session
/// settings, callbacks of client_hello.h and session_binding.h. Reads every file the policy names
/// (the caller has the privileges for it); the context needs no file afterwards.
/// `phrases` opens encrypted keys.
core::Result<BuiltContext> build_context(const core::ServerPolicy &policy, std::time_t now,
                                         const PassPhrases &phrases);

/// The same where no key is encrypted.
core::Result<BuiltContext> build_context(const core::ServerPolicy &policy, std::time_t now);

/// The paths whose change on disk makes a new context necessary, in a stable order.
[[nodiscard]] std::vector<std::string> watched_files(const core::ServerPolicy &policy);

}  // namespace mod_tls::ossl
