// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "core/server_policy.h"
#include "glue/proftpd.h"
#include "ossl/handles.h"

namespace mod_tls::glue {

/// VariablePublisher shows what is known of the control connection's TLS to LogFormat, mod_exec and
/// other modules: session notes always, environment variables as TLSOptions asks.
class VariablePublisher {
 public:
  /// Shows the state of `ssl` in place of what was shown before.
  void publish(SSL *ssl, const core::ServerPolicy &policy);
  /// Whether `ssl` has renegotiated since, at whose wish ever.
  [[nodiscard]] bool outdated(const SSL *ssl) const;

 private:
  std::vector<std::string> environment_;  // names that are set
  std::string handshake_ = {};            // that has been shown
};

/// Lets other modules find the TLS connection behind a stream: its note "mod_tls.SSL".
void note_connection(pr_netio_stream_t *stream, SSL *ssl);

}  // namespace mod_tls::glue
