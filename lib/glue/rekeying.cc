// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/rekeying.h"

#include <string>

#include "glue/diagnostics.h"
#include "glue/handshake.h"
#include "glue/log.h"

namespace mod_tls::glue {

namespace {

using core::RekeyMethod;

core::RekeySchedule::Time now() {
  return std::chrono::steady_clock::now();
}

core::RekeyLimits limits_of(RekeyChannel channel, const core::RenegotiatePolicy &policy,
                            RekeyMethod method) {
  return channel == RekeyChannel::control ? core::control_limits(policy, method)
                                          : core::data_limits(policy, method);
}

std::string name_of(RekeyChannel channel) {
  return channel == RekeyChannel::control ? "control channel" : "data channel";
}

std::string what_is_asked(RekeyMethod method) {
  return method == RekeyMethod::key_update ? "TLS key updates on " : "TLS renegotiation on ";
}

std::string limit_text(RekeyChannel channel, const core::RenegotiatePolicy &policy) {
  if (channel == RekeyChannel::control) {
    return " (" + std::to_string(policy.control.count()) + " sec renegotiation interval)";
  }
  return " (" + std::to_string(policy.data_kilobytes) + " KB data limit)";
}

}  // namespace

Rekeying::Rekeying(ossl::RecordStream &stream, RekeyChannel channel,
                   const core::RenegotiatePolicy &policy, core::ClientRenegotiation rule)
    : stream_(stream),
      channel_(channel),
      policy_(policy),
      method_(ossl::rekey_method(stream.ssl())),
      schedule_(limits_of(channel, policy, method_), now()) {
  stream.guard_keys(rule);
}

bool Rekeying::renegotiating() const {
  return asked_ && method_ == RekeyMethod::renegotiation;
}

bool Rekeying::step(bool may_ask) {
  if (asked_ && stream_.new_keys_came()) {
    asked_ = false;
    schedule_.answered(now());
    log_renewed();
  }
  switch (schedule_.next(now())) {
    case core::RekeyStep::none:
      return true;
    case core::RekeyStep::ask:
      if (may_ask) ask();
      return true;
    case core::RekeyStep::give_up:
      tell_refusal();
      tls_log_line("shutting down " + name_of(channel_) + " TLS session");
      return false;
  }
  return true;
}

void Rekeying::tell_refusal() const {
  const core::TextField fields[] = {
      {"{channel}", channel_ == RekeyChannel::control ? "control" : "data"}};
  (void)refuse(core::FailureReason::new_keys_refused, fields);
}

void Rekeying::ask() {
  tls_log_line("requesting " + what_is_asked(method_) + name_of(channel_) +
               limit_text(channel_, policy_));
  // On a download the client has nothing to say, so it is not asked to answer either.
  const bool download = channel_ == RekeyChannel::download;
  const auto asked = stream_.ask_for_new_keys(download ? ossl::NewKeys::ours : ossl::NewKeys::both);
  schedule_.asked(now());
  asked_ = asked.ok();
  if (!asked_) {
    tls_log_line("error requesting " + what_is_asked(method_) + name_of(channel_) + ": " +
                 asked.error().message);
  }
}

void Rekeying::log_renewed() const {
  if (method_ == RekeyMethod::key_update) return;
  tls_log_line(accepted_line(ossl::handshake_facts(stream_.ssl()), "renegotiation"));
  tls_log_line(name_of(channel_) + " TLS session renegotiated");
}

}  // namespace mod_tls::glue
