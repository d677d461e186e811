// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "core/failure_reason.h"
#include "core/server_policy.h"
#include "ossl/error_queue.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// A failed handshake in words.
struct HandshakeFailure {
  core::FailureReason reason;
  std::vector<std::string> lines = {};  ///< TLSLog: the library's words, then cause and remedy.
  std::string told = {};                ///< For the client.
};

/// Explains why the handshake of `ssl` ended with SSL_get_error() `kind` and `errors`, by what the
/// peer offered and what `policy` allows.
[[nodiscard]] HandshakeFailure explain_failure(int kind, const std::vector<LibraryError> &errors,
                                               const SSL *ssl, const core::ServerPolicy &policy);

}  // namespace mod_tls::ossl
