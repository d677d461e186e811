// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/diagnostics.h"

#include <string>

#include "core/ascii.h"
#include "core/failure_reason.h"
#include "glue/callback_guard.h"
#include "glue/log.h"
#include "glue/module_state.h"

namespace mod_tls::glue {

namespace {

constexpr char kChannel[] = "tls";
/// Extensions: the lowest level at which single messages are told.
constexpr int kMessageLevel = 6;
constexpr std::size_t kLongestTrace = 1024;

/// A TLS record with a handshake message (RFC 8446, 5.1).
bool is_client_hello(const pr_buffer_t *buffer) {
  constexpr std::string_view kStart{"\x16\x03", 2};
  if (buffer == nullptr || buffer->buf == nullptr || buffer->current == nullptr) return false;
  const auto skipped = static_cast<std::size_t>(buffer->current - buffer->buf);
  const std::size_t filled = buffer->buflen - buffer->remaining;
  if (filled < kStart.size() || skipped + kStart.size() > buffer->buflen) return false;
  return std::string_view{buffer->current, kStart.size()} == kStart;
}

void on_plain_read(const void *data) {
  const auto &tls = module_state().session;
  if (!tls || tls->channel() != nullptr || session.user != nullptr) return;
  if (!is_client_hello(static_cast<const pr_buffer_t *>(data)) || !tls->first_strange_input())
    return;
  const std::string line = core::failure_line(core::FailureReason::implicit_to_explicit);
  tls_log_line(line);
  trace_line(3, line);
}

}  // namespace

void trace_line(int level, std::string_view text) {
  if (pr_trace_get_level(kChannel) < level) return;
  pr_trace_msg(kChannel, level, "%s", core::printable_line(text, kLongestTrace).c_str());
}

std::string refuse(core::FailureReason reason, core::TextFields fields) {
  tls_log_line(core::failure_cause(reason, fields));
  trace_line(kTraceFailures, core::failure_line(reason, fields));
  return core::failure_reply(reason, fields);
}

ossl::MessageListener make_listener(const core::ServerPolicy &policy) {
  ossl::MessageListener listener;
  if (policy.options.has(core::Option::enable_diags)) {
    listener.diagnose = [](std::string_view line) { tls_log_line(line); };
  }
  if (pr_trace_get_level(kChannel) >= kMessageLevel) listener.trace = trace_line;
  return listener;
}

void start_listening(SSL *ssl, const ossl::MessageListener &listener) {
  if (listener.diagnose || listener.trace) ossl::listen_to(ssl, listener);
}

void trace_duration(const char *what, std::chrono::steady_clock::duration taken) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(taken).count();
  pr_trace_msg("timing", 4, "TLS %s handshake duration: %ld ms", what, static_cast<long>(ms));
}

void trace_time_before_handshake() {
  std::uint64_t now = 0;
  if (pr_trace_get_level("timing") < 4 || pr_gettimeofday_millis(&now) != 0) return;
  pr_trace_msg("timing", 4, "Time before TLS ctrl handshake: %lu ms",
               static_cast<unsigned long>(now - session.connect_time_ms));
}

void watch_plain_commands() {
  pr_event_register(&tls_module, "core.ctrl-read", guarded_event<on_plain_read>, nullptr);
}

}  // namespace mod_tls::glue
