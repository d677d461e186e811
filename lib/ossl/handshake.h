// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "core/server_policy.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// What a handshake needs before it can go on.
enum class Step {
  done,
  want_read,
  want_write,
  other_server,  ///< The client named another server: see set_name_hook() in client_hello.h.
  failed,
};

/// The outcome of one step; `failure` is empty unless the step is failed.
struct HandshakeResult {
  Step step;
  std::vector<std::string> failure = {};  ///< TLSLog lines; the last has cause and remedy.
  unsigned long library_code = 0;         ///< For the *-handshake-failed events.
  std::string told = {};                  ///< The reason in words for the client.
};

/// Takes the handshake of `ssl` as far as its transport allows; never waits. The lines of a failure
/// (doc/troubleshooting.md) are chosen by what the client offered and what `policy` allows.
HandshakeResult handshake_step(SSL *ssl, const core::ServerPolicy &policy);

/// The facts of a finished handshake that are logged.
struct HandshakeFacts {
  std::string protocol;  ///< "TLSv1.3"
  std::string cipher;    ///< "TLS_AES_256_GCM_SHA384"
  int cipher_bits = 0;
  bool resumed = false;
  bool secure_renegotiation = false;
  std::string client_subject = {};  ///< One-line DN; empty without a client certificate.
};

[[nodiscard]] HandshakeFacts handshake_facts(SSL *ssl);

}  // namespace mod_tls::ossl
