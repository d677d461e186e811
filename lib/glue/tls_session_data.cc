// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// TlsSession's data connections: their handshakes, and whose they are.
#include "core/failure_reason.h"
#include "glue/handshake.h"
#include "glue/proftpd.h"
#include "glue/tls_session.h"
#include "ossl/client_certificates.h"
#include "ossl/client_context.h"
#include "ossl/error_queue.h"

namespace mod_tls::glue {

std::optional<std::string> TlsSession::start_data_tls(int read_fd, int write_fd,
                                                      const WaitHooks &hooks) {
  const char *command = session.curr_cmd != nullptr ? session.curr_cmd : "";
  data_end_ = core::data_end(command, site_to_site_.is_client());
  auto ssl = new_data_ssl();
  if (!ssl) {
    tls_log_line("error: " + ssl.error().message);
    return ssl.error().message;
  }
  data_ = std::make_unique<DataChannel>(read_fd, write_fd, std::move(ssl).value());
  data_->set_wait_hooks(hooks);
  start_listening(data_->stream().ssl(), listener_);
  note_connection(session.d->instrm, data_->stream().ssl());
  note_connection(session.d->outstrm, data_->stream().ssl());
  const auto started = std::chrono::steady_clock::now();
  const HandshakeOutcome outcome =
      hold_handshake(data_->stream(), data_->transport(), context_->policy, hooks);
  trace_duration("data", std::chrono::steady_clock::now() - started);
  tell_verification();
  if (!outcome.done) {
    tell_failure(outcome, "mod_tls.data-handshake-failed");
    data_->mark_refused();
    return explain_data_failure(outcome);
  }
  auto refusal = is_data_client() ? judge_data_client() : judge_data();
  if (!refusal && !is_data_client() && control_ &&
      !ossl::keep_identity(data_->stream().ssl(), ossl::kept_identity(control_->stream().ssl()))) {
    refusal = refuse(core::FailureReason::client_certificate_not_kept);
  }
  if (refusal) data_->mark_refused();
  return refusal;
}

core::Result<ossl::SslPtr> TlsSession::new_data_ssl() {
  if (is_data_client()) {
    tls_log_line("making TLS connection for data connection");
    return site_to_site_.new_connection(*context_, policy_);
  }
  ossl::clear_errors();
  ossl::SslPtr ssl{SSL_new(context_->ctx.get())};
  if (!ssl) {
    return core::Error{core::Errc::crypto,
                       "unable to start session: " + ossl::to_line(ossl::take_errors())};
  }
  if (!follow_ciphers(ssl.get())) {
    return core::Error{core::Errc::unusable, "the TLSCipherSuite of this user cannot be used"};
  }
  if (!ossl::prepare_connection(ssl.get(), ossl::ConnectionRole::data, binding_)) {
    return core::Error{core::Errc::crypto,
                       "unable to start session: " + ossl::to_line(ossl::take_errors())};
  }
  // A renegotiation on the control connection has made another session.
  if (control_) ossl::bind_current_session(control_->stream().ssl());
  verify_by_rules(ssl.get());
  return ssl;
}

std::string TlsSession::explain_data_failure(const HandshakeOutcome &outcome) const {
  if (is_data_client()) {
    if (auto reason = explain_peer_chain(data_->stream().ssl())) return *reason;
  }
  return outcome.told.empty() ? "TLS handshake failed" : outcome.told;
}

/// Another server's session cannot be one of ours: what counts is its certificate.
std::optional<std::string> TlsSession::judge_data_client() {
  const SSL *ssl = data_->stream().ssl();
  if (auto refusal = judge_peer_server(ssl, policy_)) return refusal;
  const std::string subject = ossl::peer_subject(ssl);
  if (!subject.empty()) tls_log_line("Server: " + subject);
  tls_log_line(created_line(ossl::handshake_facts(data_->stream().ssl())));
  return {};
}

std::optional<std::string> TlsSession::judge_data() {
  SSL *ssl = data_->stream().ssl();
  const bool resumed = SSL_session_reused(ssl) != 0;
  const core::ReuseVerdict verdict = core::judge_reuse({.required = policy_.reuse_required(),
                                                        .resumed = resumed,
                                                        .control = binding_,
                                                        .data = ossl::carried_binding(ssl)});
  switch (verdict) {
    case core::ReuseVerdict::accepted:
      ossl::keep_used(ssl);
      log_data_handshake(true);
      return {};
    case core::ReuseVerdict::not_required:
      if (!ossl::client_certificates_agree(control_->stream().ssl(), ssl)) {
        return refuse(core::FailureReason::other_client_certificate);
      }
      log_data_handshake(false);
      return {};
    case core::ReuseVerdict::not_resumed:
      return refuse(core::FailureReason::session_not_reused);
    case core::ReuseVerdict::other_session:
      return refuse(core::FailureReason::other_session_reused);
  }
  return refuse(core::FailureReason::session_not_reused);
}

void TlsSession::log_data_handshake(bool resumed_here) {
  if (resumed_here) tls_log_line("client reused TLS session for data connection");
  if (data_accept_logged_) return;
  data_accept_logged_ = true;
  tls_log_line(accepted_line(ossl::handshake_facts(data_->stream().ssl()), "data connection"));
}

void TlsSession::start_data_rekeying() {
  if (is_data_client()) return;
  data_->start_rekeying(policy_.renegotiate,
                        core::client_renegotiation(policy_.renegotiate, policy_.options));
}

}  // namespace mod_tls::glue
