// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/handshake.h"

#include "core/failure_reason.h"
#include "glue/diagnostics.h"
#include "glue/log.h"
#include "glue/proftpd.h"

namespace mod_tls::glue {

namespace {

HandshakeOutcome timed_out(const core::ServerPolicy &policy) {
  const core::TextField fields[] = {
      {"{seconds}", std::to_string(policy.handshake_timeout.count())}};
  return {.failure = {core::failure_line(core::FailureReason::timed_out, fields)},
          .told = core::failure_reply(core::FailureReason::timed_out)};
}

HandshakeOutcome given_up() {
  return {.failure = {core::failure_line(core::FailureReason::interrupted)},
          .told = core::failure_reply(core::FailureReason::interrupted)};
}

}  // namespace

SteadyTime handshake_deadline(const core::ServerPolicy &policy) {
  if (policy.handshake_timeout.count() == 0) return kNoDeadline;
  return deadline_in(policy.handshake_timeout);
}

HandshakeOutcome hold_handshake(ossl::RecordStream &stream, const FdTransport &transport,
                                const core::ServerPolicy &policy, const WaitHooks &hooks) {
  const SteadyTime deadline = handshake_deadline(policy);
  for (;;) {
    ossl::HandshakeResult result = ossl::handshake_step(stream.ssl(), policy);
    if (result.step == ossl::Step::done) {
      (void)stream.flush();  // the tickets; what does not fit yet leaves with what follows
      return {.done = true};
    }
    if (result.step == ossl::Step::other_server) return {.other_server = true};
    if (result.step == ossl::Step::failed) {
      return {.failure = std::move(result.failure),
              .library_code = result.library_code,
              .told = std::move(result.told)};
    }
    const bool reading = result.step == ossl::Step::want_read;
    if (reading) transport.expect_flight();
    const Waited waited = wait_for(reading ? transport.read_fd() : transport.write_fd(),
                                   reading ? Ready::readable : Ready::writable, deadline, hooks);
    if (waited == Waited::timed_out) return timed_out(policy);
    if (waited != Waited::ready) return given_up();
  }
}

void tell_failure(const HandshakeOutcome &outcome, const char *event) {
  for (const std::string &line : outcome.failure) tls_log_line(line);
  for (const std::string &line : outcome.failure) trace_line(kTraceFailures, line);
  int code = static_cast<int>(outcome.library_code);
  pr_event_generate(event, &code);
}

std::string accepted_line(const ossl::HandshakeFacts &facts, std::string_view what) {
  std::string line = facts.protocol;
  line.append(" ").append(what).append(" accepted, using cipher ").append(facts.cipher);
  line.append(" (").append(std::to_string(facts.cipher_bits)).append(" bits");
  if (facts.resumed) line.append(", resumed session");
  return line.append(")");
}

std::string created_line(const ossl::HandshakeFacts &facts) {
  return facts.protocol + " connection created, using cipher " + facts.cipher + " (" +
         std::to_string(facts.cipher_bits) + " bits)";
}

}  // namespace mod_tls::glue
