// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <ctime>
#include <span>

#include "ossl/handles.h"

namespace mod_tls::ossl {

using SessionId = std::span<const unsigned char>;

/// A place outside of this process where sessions are kept. It only ever helps: what fails is
/// reported by the cache itself and looks like a session that is not there.
class SessionCache {
 public:
  SessionCache() = default;
  SessionCache(const SessionCache &) = delete;
  SessionCache &operator=(const SessionCache &) = delete;
  virtual ~SessionCache() = default;

  /// `session` stays the caller's; `expires` is absolute.
  virtual void add(SessionId id, std::time_t expires, SSL_SESSION *session) = 0;
  /// Null if there is none.
  virtual SslSessionPtr get(SessionId id) = 0;
  virtual void remove(SessionId id) = 0;
};

/// Lets the control connections of `ctx` keep their sessions in `cache`, which must outlive `ctx`:
/// those of TLS 1.2 with a session id, and, where tickets are off, those of TLS 1.3. Each process
/// keeps its own sessions, too; data connections find theirs there and nowhere else.
void use_session_cache(SSL_CTX *ctx, SessionCache &cache);

/// Makes `ctx` issue no tickets that carry sessions: TLS 1.2 gets session ids, TLS 1.3 names of
/// sessions that are kept here.
void issue_no_tickets(SSL_CTX *ctx);

/// At the end of a control connection: a session that a fatal alert has made unusable goes from
/// the cache, too (RFC 5246, 7.2.2).
void forget_spoilt_session(SSL *control);

}  // namespace mod_tls::ossl
