// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/failure_reason.h"
#include "core/server_policy.h"
#include "ossl/message_trace.h"

namespace mod_tls::glue {

/// The level of refusals and failures.
inline constexpr int kTraceFailures = 3;
/// One line for the trace channel "tls".
void trace_line(int level, std::string_view text);

/// Tells TLSLog the cause, and the trace the remedy as well. What the client is told is returned.
std::string refuse(core::FailureReason reason, core::TextFields fields = {});

/// Who hears about the messages of the session's connections, as TLSOptions EnableDiags and the
/// Trace directive ask; one that hears nothing costs nothing.
[[nodiscard]] ossl::MessageListener make_listener(const core::ServerPolicy &policy);

/// Lets `listener` hear `ssl` if it hears anything at all.
void start_listening(SSL *ssl, const ossl::MessageListener &listener);

/// Tells the trace channel "timing" how long a handshake took; `what` is "ctrl" or "data".
void trace_duration(const char *what, std::chrono::steady_clock::duration taken);

/// And how long the session had been there before the one on its control connection.
void trace_time_before_handshake();

/// Watches what clients send in the clear: some begin with TLS where AUTH is expected.
void watch_plain_commands();

}  // namespace mod_tls::glue
