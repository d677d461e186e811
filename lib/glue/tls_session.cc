// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/tls_session.h"

#include <utility>

#include "core/failure_reason.h"
#include "glue/handshake.h"
#include "glue/module_state.h"
#include "glue/policies.h"
#include "glue/proftpd.h"
#include "ossl/ciphers.h"
#include "ossl/client_certificates.h"
#include "ossl/error_queue.h"
#include "ossl/psk.h"

namespace mod_tls::glue {

namespace {

bool policy_may_vary() {
  return session.anon_config != nullptr || pr_module_exists("mod_ifsession.c") == TRUE;
}

void count_handshake(const ossl::ByteBio &bio) {
  session.total_raw_in += static_cast<off_t>(bio.bytes_read());
  session.total_raw_out += static_cast<off_t>(bio.bytes_written());
}

}  // namespace

TlsSession::TlsSession(ServerContextPtr context)
    : context_(std::move(context)),
      policy_(context_->policy),
      host_chunk_(main_server->tcp_sndbuf_len) {}

core::SecurityState TlsSession::state() const {
  return {.engine = policy_.engine,
          .mechanism = session.rfc2228_mech != nullptr,
          .control_protected = control() != nullptr,
          .control_cleared = cleared_,
          .data_protected = data_protected_,
          .logged_in = session.user != nullptr,
          .sscn_client = site_to_site_.is_client(),
          .transferring = (session.sf_flags & SF_XFER) != 0};
}

core::SecurityRules TlsSession::rules() const {
  return {.required = policy_.required,
          .has_credentials = policy_.has_credentials(),
          .allow_per_user = policy_.options.has(core::Option::allow_per_user),
          .limit_denies = false};
}

void TlsSession::reload_policy() {
  if (!policy_may_vary()) return;
  policy_ = server_policy(main_server);
  if (session.anon_config == nullptr) return;
  if (const auto required = section_required(session.anon_config->subset)) {
    policy_.required = *required;
  }
}

void TlsSession::settle_policy() {
  if (policy_settled_) return;
  reload_policy();
  // AUTH may come when files are out of reach, so what an <IfClass> says is made ready now.
  const bool auth_after_login = policy_.options.has(core::Option::allow_per_user);
  if (auth_after_login && control_ == nullptr) context_fits_ = prepare_context();
  policy_settled_ = true;
}

void TlsSession::log_handshake(const ossl::HandshakeFacts &facts) {
  if (facts.secure_renegotiation) tls_log_line("client supports secure renegotiations");
  if (!facts.client_subject.empty()) tls_log_line("Client: " + facts.client_subject);
  tls_log_line(accepted_line(facts, "connection"));
  if (facts.resumed) tls_log_line("client reused previous TLS session for control connection");
}

/// Those of the user who is logged in, if they were in force when the control connection became
/// protected: its sessions fit no others.
bool TlsSession::follow_ciphers(SSL *ssl) const {
  if (!own_ciphers_) return true;
  const auto status = ossl::use_ciphers(ssl, policy_.ciphers);
  if (!status) tls_log_line("error: TLSCipherSuite: " + status.error().message);
  return status.ok();
}

ossl::SslPtr TlsSession::new_control_ssl() {
  if (const auto status = reopen_token_keys(*context_); !status) {
    tls_log_line("error: " + status.error().message);
    return {};
  }
  ossl::clear_errors();
  ossl::SslPtr ssl{SSL_new(context_->ctx.get())};
  auto binding = ossl::make_binding();
  if (!ssl || !binding) {
    tls_log_line("error: unable to start session: " + ossl::to_stack_text(ossl::take_errors()));
    return {};
  }
  own_ciphers_ = policy_.ciphers != context_->policy.ciphers;
  if (!follow_ciphers(ssl.get())) return {};
  binding_ = *binding;
  if (!ossl::prepare_connection(ssl.get(), ossl::ConnectionRole::control, binding_)) {
    tls_log_line("error: unable to start session: " + ossl::to_stack_text(ossl::take_errors()));
    return {};
  }
  listen(ssl.get());
  verify_by_rules(ssl.get());
  return ssl;
}

/// The handshake of `ssl` begins now.
void TlsSession::verify_by_rules(SSL *ssl) {
  ossl::report_verification(ssl, verification_);
  ocsp_.limit(handshake_deadline(context_->policy));
  ossl::use_client_ocsp(ssl, ocsp_);
}

/// The handshake begins anew, as if the client had connected to the other server: nothing of the
/// first one's settings is left in it.
HandshakeOutcome TlsSession::change_server(ControlChannel &channel, const ServerChoice &choice) {
  named_ = NamedServer{choice.other_server(), choice.name()};
  ContextStore &contexts = module_state().contexts;
  policy_ = server_policy(choice.other_server());  // with what <IfClass> says
  open_log();
  if (!fit_context(contexts.current(contexts.find(choice.other_server())))) return {.told = told_};
  ossl::SslPtr ssl = new_control_ssl();
  if (!ssl) return {};
  channel.stream().restart(std::move(ssl));
  return hold_handshake(channel.stream(), channel.transport(), context_->policy, {});
}

HandshakeOutcome TlsSession::hold_control_handshake(ControlChannel &channel,
                                                    const ServerChoice &choice) {
  channel.stream().remember_input();
  HandshakeOutcome outcome = hold_handshake(channel.stream(), channel.transport(), policy_, {});
  if (outcome.other_server) outcome = change_server(channel, choice);
  channel.stream().forget_input();
  if (choice.refused()) {
    outcome.failure.clear();  // logged already, in better words
    outcome.told = choice.told();
  }
  return outcome;
}

void TlsSession::server_changed() {
  host_chunk_ = main_server->tcp_sndbuf_len;
  policy_settled_ = false;
}

/// Looks for renewed files, and for what an <IfClass> section says of handshakes. After a login the
/// paths may mean the user's own files, so then what is there has to do.
bool TlsSession::prepare_context() {
  if (session.user != nullptr) return context_fits_;
  return fit_context(module_state().contexts.current(context_));
}

/// Serves with `served`, or, where the policy of this session says otherwise, one of its own.
bool TlsSession::fit_context(const ServerContextPtr &served) {
  auto context = context_for(served, policy_);
  if (!context) {
    const core::TextField fields[] = {{"{fault}", context.error().message}};
    told_ = refuse(core::FailureReason::session_unusable, fields);
    return false;
  }
  context_ = std::move(context).value();
  return true;
}

bool TlsSession::start_control_tls() {
  if (!prepare_context()) return false;
  ossl::SslPtr ssl = new_control_ssl();
  if (!ssl) return false;
  ServerChoice choice{policy_};
  const ossl::NameHook hook = [&](const ossl::HelloFacts &hello) { return choice.decide(hello); };
  ossl::set_name_hook(ssl.get(), hook);
  auto channel = std::make_unique<ControlChannel>(PR_NETIO_FD(session.c->instrm),
                                                  PR_NETIO_FD(session.c->outstrm), std::move(ssl));
  trace_time_before_handshake();
  const auto started = std::chrono::steady_clock::now();
  const HandshakeOutcome outcome = hold_control_handshake(*channel, choice);
  trace_duration("ctrl", std::chrono::steady_clock::now() - started);
  count_handshake(channel->stream().bio());
  for (const auto &line : ossl::psk_lines(channel->stream().ssl())) tls_log_line(line);
  tell_verification();
  if (!outcome.done) {
    tell_failure(outcome, "mod_tls.ctrl-handshake-failed");
    told_ = outcome.told;
    return false;
  }
  SSL *const control = channel->stream().ssl();
  if (!ossl::keep_identity(control, SSL_get0_peer_certificate(control))) {
    told_ = refuse(core::FailureReason::client_certificate_not_kept);
    return false;
  }
  control_ = std::move(channel);
  module_state().pass_phrases.wipe();  // what this session serves is open
  ossl::adopt_binding(control, binding_);
  control_->start_rekeying(policy_.renegotiate,
                           core::client_renegotiation(policy_.renegotiate, policy_.options));
  supplied_ = std::chrono::steady_clock::now();
  log_handshake(ossl::handshake_facts(control));
  admit_client(context_->policy, control);
  publish_variables();
  return true;
}

void TlsSession::listen(SSL *control) {
  listener_ = make_listener(policy_);
  start_listening(control, listener_);
  if (policy_.options.has(core::Option::enable_diags)) {
    tls_log_line("TLSOption EnableDiags enabled, setting diagnostics callback");
  }
}

void TlsSession::tell_statistics() {
  if (control_ == nullptr || std::exchange(statistics_told_, true)) return;
  ossl::tell_statistics(control_->stream().ssl(), listener_);
}

void TlsSession::publish_variables() {
  variables_.publish(control_->stream().ssl(), policy_);
  note_connection(session.c->instrm, control_->stream().ssl());
  note_connection(session.c->outstrm, control_->stream().ssl());
}

void TlsSession::follow_renegotiation() {
  if (control() == nullptr) return;
  SSL *ssl = control_->stream().ssl();
  if (!variables_.outdated(ssl)) return;
  tell_verification();
  admit_client_again(context_->policy, ssl);
  variables_.publish(ssl, policy_);
}

void TlsSession::supply_for_good() {
  // For clients that use each ticket once; the others need none of them.
  constexpr int kTicketsAhead = 8;
  for (int i = 0; i < kTicketsAhead; i++) ossl::renew_supply(control_->stream().ssl());
}

void TlsSession::clear_control() {
  control_->clear();
  cleared_ = true;
}

void TlsSession::supply_after_transfer() {
  if (control_ == nullptr) return;
  if (cleared_) {
    ossl::keep_supply(control_->stream().ssl());
  } else {
    ossl::renew_supply(control_->stream().ssl());
  }
  supplied_ = std::chrono::steady_clock::now();
}

void TlsSession::supply_before_transfer() {
  const auto age = std::chrono::steady_clock::now() - supplied_;
  if (age * 2 > policy_.session_cache.timeout) supply_after_transfer();
}

}  // namespace mod_tls::glue
