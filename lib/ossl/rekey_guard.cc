// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/rekey_guard.h"

#include <openssl/ssl3.h>

#include <span>
#include <utility>

#include "ossl/error_queue.h"
#include "ossl/message_trace.h"

namespace mod_tls::ossl {

namespace {

using R = core::FailureReason;

core::RekeyBudget::Time now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

struct RekeyGuard::Hooks {
  static void on_message(int sent, int version, int type, const void *data, std::size_t size,
                         SSL *ssl, void *guard) noexcept {
    hear_message(sent, version, type, data, size, ssl, nullptr);
    const std::span bytes{static_cast<const unsigned char *>(data), size};
    auto &self = *static_cast<RekeyGuard *>(guard);
    if (sent == 0 && type == SSL3_RT_HANDSHAKE && !bytes.empty()) self.on_message(bytes[0]);
    const bool refusal =
        sent != 0 && type == SSL3_RT_ALERT && size == 2 && bytes[1] == SSL_AD_NO_RENEGOTIATION;
    if (refusal) self.on_refusal();
  }
};

core::RekeyMethod rekey_method(const SSL *ssl) {
  return SSL_version(ssl) >= TLS1_3_VERSION ? core::RekeyMethod::key_update
                                            : core::RekeyMethod::renegotiation;
}

RekeyGuard::RekeyGuard(SSL *ssl, ByteBio &bio, core::ClientRenegotiation rule)
    : ssl_(ssl), bio_(bio), rule_(rule) {
  if (rule == core::ClientRenegotiation::allow) {
    SSL_clear_options(ssl, SSL_OP_NO_RENEGOTIATION);
    SSL_set_options(ssl, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  }
  SSL_set_msg_callback(ssl, Hooks::on_message);
  SSL_set_msg_callback_arg(ssl, this);
}

RekeyGuard::~RekeyGuard() {
  SSL_set_msg_callback(ssl_, hear_message);
}

core::Status RekeyGuard::ask(NewKeys which) {
  const bool update = rekey_method(ssl_) == core::RekeyMethod::key_update;
  const int kind = which == NewKeys::both ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED;
  clear_errors();
  // Until it is over, a renegotiation is what we want, whoever begins it.
  if (!update) SSL_clear_options(ssl_, SSL_OP_NO_RENEGOTIATION);
  if ((update ? SSL_key_update(ssl_, kind) : SSL_renegotiate(ssl_)) != 1) {
    return core::Error{core::Errc::crypto, to_line(take_errors())};
  }
  waiting_ = true;
  came_ = update && which == NewKeys::ours;
  return core::success();
}

bool RekeyGuard::answered() {
  if (!waiting_) return false;
  const bool update = rekey_method(ssl_) == core::RekeyMethod::key_update;
  const bool done = update ? came_ : SSL_renegotiate_pending(ssl_) == 0 && SSL_in_init(ssl_) == 0;
  if (!done) return false;
  waiting_ = came_ = false;
  if (!update && rule_ != core::ClientRenegotiation::allow) {
    SSL_set_options(ssl_, SSL_OP_NO_RENEGOTIATION);
  }
  return true;
}

void RekeyGuard::on_message(unsigned char type) {
  if (type == SSL3_MT_CLIENT_HELLO) on_client_hello();
  if (type != SSL3_MT_KEY_UPDATE) return;
  if (waiting_ && !std::exchange(came_, true)) return;
  if (!budget_.take(core::RekeyBudget::kKeyUpdateCost, now())) end(R::too_many_key_changes);
}

void RekeyGuard::on_client_hello() {
  if (waiting_ && !std::exchange(came_, true)) return;
  if (rule_ == core::ClientRenegotiation::abort) return end(R::client_renegotiates);
  if (rule_ == core::ClientRenegotiation::refuse) return;  // the library does
  if (!budget_.take(core::RekeyBudget::kRenegotiationCost, now())) end(R::too_many_key_changes);
}

/// The library has said no to a renegotiation.
void RekeyGuard::on_refusal() {
  const bool served_on = rule_ == core::ClientRenegotiation::refuse &&
                         budget_.take(core::RekeyBudget::kRenegotiationCost, now());
  if (!served_on) end(R::client_renegotiates);
}

void RekeyGuard::end(core::FailureReason fault) {
  if (!fault_) fault_ = fault;
  bio_.break_off();
}

}  // namespace mod_tls::ossl
