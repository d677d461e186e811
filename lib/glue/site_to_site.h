// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>
#include <string>

#include "core/result.h"
#include "core/server_policy.h"
#include "glue/contexts.h"
#include "ossl/handles.h"

namespace mod_tls::glue {

/// SiteToSite holds what a session needs for data connections on which it is the TLS client
/// (SSCN ON): the client that asked for the transfer has the two servers talk to each other.
class SiteToSite {
 public:
  /// SSCN: whether this server is the TLS client when files are moved.
  [[nodiscard]] bool is_client() const { return is_client_; }
  void set_client(bool yes) { is_client_ = yes; }

  /// The TLS client's end of a new data connection. The first one makes the context, from what
  /// `server` has in memory.
  core::Result<ossl::SslPtr> new_connection(const ServerContext &server,
                                            const core::ServerPolicy &policy);

 private:
  ossl::SslCtxPtr ctx_;
  bool is_client_ = false;
};

/// After the handshake: whether the server at the other end is the one that the host is connected
/// with, as far as TLSVerifyServer asks for it. On refusal, the reason; the log has it, too.
std::optional<std::string> judge_peer_server(const SSL *ssl, const core::ServerPolicy &policy);

/// After a failed handshake: the reason if it was the other server's certificate.
std::optional<std::string> explain_peer_chain(const SSL *ssl);

}  // namespace mod_tls::glue
