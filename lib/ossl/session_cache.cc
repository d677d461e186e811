// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/session_cache.h"

#include "ossl/peer_verifier.h"
#include "ossl/session_binding.h"

namespace mod_tls::ossl {

namespace {

int cache_slot() {
  static const int kSlot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kSlot;
}

SessionCache *cache_of(const SSL *ssl) {
  return static_cast<SessionCache *>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), cache_slot()));
}

SessionId id_of(const SSL_SESSION *session) {
  unsigned int size = 0;
  const unsigned char *id = SSL_SESSION_get_id(session, &size);
  return {id, size};
}

/// Whether clients are given names of sessions, and not the sessions themselves.
bool issues_names(const SSL *ssl) {
  return SSL_version(ssl) < TLS1_3_VERSION || (SSL_get_options(ssl) & SSL_OP_NO_TICKET) != 0;
}

/// The library takes no reference along: the answer is 0.
int on_new_session(SSL *ssl, SSL_SESSION *session) noexcept {
  SessionCache *cache = cache_of(ssl);
  const SessionId id = id_of(session);
  if (cache == nullptr || id.empty() || !is_control(ssl) || !issues_names(ssl)) return 0;
  // TLS 1.2 has told the client the id already, but not yet written what it is bound to.
  if (!bind_session(ssl, session)) return 0;
  const auto expires = SSL_SESSION_get_time(session) + SSL_SESSION_get_timeout(session);
  cache->add(id, static_cast<std::time_t>(expires), session);
  return 0;
}

SSL_SESSION *on_wanted_session(SSL *ssl, const unsigned char *id, int size, int *copy) noexcept {
  *copy = 0;
  SessionCache *cache = cache_of(ssl);
  if (cache == nullptr || size <= 0 || !is_control(ssl)) return nullptr;
  if (verifies_every_time(ssl)) return nullptr;
  return cache->get({id, static_cast<std::size_t>(size)}).release();
}

}  // namespace

void use_session_cache(SSL_CTX *ctx, SessionCache &cache) {
  SSL_CTX_set_ex_data(ctx, cache_slot(), &cache);
  SSL_CTX_sess_set_new_cb(ctx, on_new_session);
  SSL_CTX_sess_set_get_cb(ctx, on_wanted_session);
}

void issue_no_tickets(SSL_CTX *ctx) {
  SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
}

void forget_spoilt_session(SSL *control) {
  SessionCache *cache = cache_of(control);
  const SSL_SESSION *session = SSL_get_session(control);
  if (cache == nullptr || session == nullptr || SSL_SESSION_is_resumable(session) != 0) return;
  if (const SessionId id = id_of(session); !id.empty()) cache->remove(id);
}

}  // namespace mod_tls::ossl
