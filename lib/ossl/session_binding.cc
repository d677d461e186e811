// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/session_binding.h"

#include <openssl/rand.h>

#include <algorithm>
#include <ctime>
#include <vector>

#include "ossl/compat.h"
#include "ossl/error_queue.h"
#include "ossl/peer_verifier.h"

namespace mod_tls::ossl {

namespace {

/// The slot of an SSL object that points to its binding id, if it is a control connection: so it
/// tells the role as well.
int binding_slot() {
  static const int kSlot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kSlot;
}

/// The slot of a data connection that points to the binding id of its control connection.
int wanted_slot() {
  static const int kSlot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kSlot;
}

std::span<const std::byte> binding_in(const SSL_SESSION *session) {
  void *data = nullptr;
  std::size_t size = 0;
  // The library reads only, but asks for a session that may be changed.
  auto *readable = const_cast<SSL_SESSION *>(session);
  if (SSL_SESSION_get0_ticket_appdata(readable, &data, &size) != 1) return {};
  return {static_cast<const std::byte *>(data), size};
}

std::time_t now() {
  return std::time(nullptr);
}

/// When a session that is renewed begins: rounded up where rounding down would end it before its
/// time, or before those of the same second, which a full cache keeps longer then.
long begin_of_life() {
  return static_cast<long>(now()) + (kSessionsEndPrecisely ? 1 : 0);
}

/// What a control connection issued serves its own data connections for as long as it lives,
/// however old the ticket is: TLS 1.2 has no way to renew one.
void extend_life_of_own(const SSL *ssl, SSL_SESSION *session) {
  const auto *wanted = static_cast<const BindingId *>(SSL_get_ex_data(ssl, wanted_slot()));
  if (wanted == nullptr || !std::ranges::equal(*wanted, binding_in(session))) return;
  SSL_SESSION_set_time(session, begin_of_life());
}

const BindingId *control_binding(const SSL *ssl) {
  return static_cast<const BindingId *>(SSL_get_ex_data(ssl, binding_slot()));
}

int write_binding(SSL_SESSION *session, const BindingId &binding) {
  return SSL_SESSION_set1_ticket_appdata(session, binding.data(), binding.size());
}

int on_issue_ticket(SSL *ssl, void *) noexcept {
  const BindingId *binding = control_binding(ssl);
  return binding == nullptr ? 1 : write_binding(SSL_get_session(ssl), *binding);
}

/// A ticket that cannot be opened means a full handshake, never an error.
SSL_TICKET_RETURN on_open_ticket(SSL *ssl, SSL_SESSION *session, const unsigned char *, std::size_t,
                                 SSL_TICKET_STATUS status, void *) noexcept {
  const bool control = control_binding(ssl) != nullptr;
  if (control && verifies_every_time(ssl)) return SSL_TICKET_RETURN_IGNORE_RENEW;
  if (status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW) {
    if (!control) extend_life_of_own(ssl, session);
    return control ? SSL_TICKET_RETURN_USE_RENEW : SSL_TICKET_RETURN_USE;
  }
  return control ? SSL_TICKET_RETURN_IGNORE_RENEW : SSL_TICKET_RETURN_IGNORE;
}

int never_resumable(SSL *, int) noexcept {
  return 1;
}

bool is_tls13(const SSL *ssl) {
  return SSL_version(ssl) >= TLS1_3_VERSION;
}

/// Sessions in tickets of TLS 1.2 have none.
bool has_id(const SSL_SESSION *session) {
  unsigned size = 0;
  SSL_SESSION_get_id(session, &size);
  return size > 0;
}

/// An equal session that has not been declared unusable.
SslSessionPtr fresh_copy(const SSL_SESSION *session) {
  const int size = i2d_SSL_SESSION(session, nullptr);
  if (size <= 0) return {};
  std::vector<unsigned char> bytes(static_cast<std::size_t>(size));
  unsigned char *end = bytes.data();
  i2d_SSL_SESSION(session, &end);
  const unsigned char *begin = bytes.data();
  SslSessionPtr copy{d2i_SSL_SESSION(nullptr, &begin, size)};
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return copy;
}

/// A fatal alert on a data connection takes the session it shares with its control connection
/// out of the cache for good; the control connection is still entitled to it.
void keep_findable(SSL *control) {
  SSL_SESSION *session = SSL_get_session(control);
  if (session == nullptr || !has_id(session)) return;
  const SslSessionPtr copy = SSL_SESSION_is_resumable(session) ? nullptr : fresh_copy(session);
  if (copy) session = copy.get();
  SSL_SESSION_set_time(session, begin_of_life());
  SSL_CTX_add_session(SSL_get_SSL_CTX(control), session);
}

}  // namespace

core::Result<BindingId> make_binding() {
  BindingId binding{};
  clear_errors();
  if (RAND_bytes(reinterpret_cast<unsigned char *>(binding.data()), core::kBindingSize) != 1) {
    return core::Error{core::Errc::crypto, "no random bytes for the session's binding id",
                       to_line(take_errors())};
  }
  return binding;
}

void install_ticket_callbacks(SSL_CTX *ctx) {
  SSL_CTX_set_session_ticket_cb(ctx, on_issue_ticket, on_open_ticket, nullptr);
}

bool is_control_connection(const SSL *ssl) {
  return control_binding(ssl) != nullptr;
}

bool prepare_connection(SSL *ssl, ConnectionRole role, const BindingId &binding) {
  SSL_set_accept_state(ssl);
  switch (role) {
    case ConnectionRole::control:
      return SSL_set_ex_data(ssl, binding_slot(), const_cast<BindingId *>(&binding)) == 1;
    case ConnectionRole::data:
      SSL_set_not_resumable_session_callback(ssl, never_resumable);
      return SSL_set_num_tickets(ssl, 0) == 1 &&
             SSL_set_ex_data(ssl, wanted_slot(), const_cast<BindingId *>(&binding)) == 1;
  }
  return false;
}

bool is_control(const SSL *ssl) {
  return control_binding(ssl) != nullptr;
}

bool bind_session(const SSL *ssl, SSL_SESSION *session) {
  const BindingId *binding = control_binding(ssl);
  return binding != nullptr && write_binding(session, *binding) == 1;
}

void bind_current_session(SSL *control) {
  SSL_SESSION *session = SSL_get_session(control);
  if (session == nullptr || is_tls13(control) || SSL_in_init(control) != 0) return;
  (void)bind_session(control, session);
}

void adopt_binding(SSL *ssl, BindingId &binding) {
  if (is_tls13(ssl)) {
    // The handshake of a resumed session issues one ticket only.
    if (SSL_session_reused(ssl) != 0) SSL_new_session_ticket(ssl);
    return;
  }
  const auto carried = carried_binding(ssl);
  if (SSL_session_reused(ssl) != 0 && carried.size() == binding.size()) {
    std::ranges::copy(carried, binding.begin());
    keep_findable(ssl);  // it may be near its end
    return;
  }
  write_binding(SSL_get_session(ssl), binding);
}

std::span<const std::byte> carried_binding(const SSL *ssl) {
  const SSL_SESSION *session = SSL_get_session(ssl);
  if (session == nullptr) return {};
  return binding_in(session);
}

void keep_used(SSL *data) {
  SSL_SESSION *session = SSL_get_session(data);
  const bool kept = (SSL_get_options(data) & SSL_OP_NO_TICKET) != 0 && is_tls13(data);
  if (!kept || session == nullptr || SSL_session_reused(data) == 0) return;
  SSL_SESSION_set_time(session, begin_of_life());
  SSL_CTX_add_session(SSL_get_SSL_CTX(data), session);
}

void keep_supply(SSL *control) {
  if (!is_tls13(control) && SSL_in_init(control) == 0) keep_findable(control);
}

void renew_supply(SSL *control) {
  if (is_tls13(control)) SSL_new_session_ticket(control);
  keep_supply(control);
}

}  // namespace mod_tls::ossl
