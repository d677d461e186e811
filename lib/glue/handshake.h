// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/server_policy.h"
#include "glue/fd_transport.h"
#include "glue/io_wait.h"
#include "ossl/handshake.h"
#include "ossl/record_stream.h"

namespace mod_tls::glue {

/// The outcome of a whole handshake.
struct HandshakeOutcome {
  bool done = false;
  bool other_server = false;              ///< To be begun anew with another server's settings.
  std::vector<std::string> failure = {};  ///< TLSLog lines.
  unsigned long library_code = 0;
  std::string told = {};  ///< The reason in words for the client.
};

/// When a handshake that begins now has taken too long (TLSTimeoutHandshake).
SteadyTime handshake_deadline(const core::ServerPolicy &policy);

/// Holds the server's side of a handshake over `transport`, for at most the policy's
/// TLSTimeoutHandshake, delivering signals and asking `hooks` meanwhile.
HandshakeOutcome hold_handshake(ossl::RecordStream &stream, const FdTransport &transport,
                                const core::ServerPolicy &policy, const WaitHooks &hooks);

/// Logs why a handshake has failed, and tells other modules by `event`, which carries OpenSSL's
/// code.
void tell_failure(const HandshakeOutcome &outcome, const char *event);

/// "TLSv1.3 data connection accepted, using cipher ...": the line for a finished handshake;
/// `what` is "connection" or "data connection".
std::string accepted_line(const ossl::HandshakeFacts &facts, std::string_view what);
/// The same for one in which this server was the client.
std::string created_line(const ossl::HandshakeFacts &facts);

}  // namespace mod_tls::glue
