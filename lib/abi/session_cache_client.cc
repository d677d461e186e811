// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "abi/session_cache_client.h"

#include <cerrno>
#include <vector>

namespace mod_tls::abi {

namespace {

unsigned int size_of(ossl::SessionId id) {
  return static_cast<unsigned int>(id.size());
}

}  // namespace

core::Status SessionCacheClient::open(tls_sess_cache_t &provider, const std::string &info,
                                      std::chrono::seconds timeout) {
  return open_provider(provider, info, static_cast<long>(timeout.count()));
}

void SessionCacheClient::report(std::string_view what, int error) {
  const std::string line = "error " + std::string(what) + " '" + provider()->cache_name +
                           "' cache: " + core::errno_text(error);
  if (line == reported_) return;
  log_(line);
  reported_ = line;
}

void SessionCacheClient::add(ossl::SessionId id, std::time_t expires, SSL_SESSION *session) {
  if (provider() == nullptr) return;
  errno = 0;
  if (provider()->add(provider(), id.data(), size_of(id), expires, session) == 0) return;
  report("adding session to", last_provider_error());
}

ossl::SslSessionPtr SessionCacheClient::get(ossl::SessionId id) {
  if (provider() == nullptr) return {};
  errno = 0;
  ossl::SslSessionPtr session{provider()->get(provider(), id.data(), size_of(id))};
  if (!session && errno != ENOENT && errno != 0) report("retrieving session from", errno);
  return session;
}

void SessionCacheClient::remove(ossl::SessionId id) {
  if (provider() == nullptr) return;
  errno = 0;
  if (provider()->delete_(provider(), id.data(), size_of(id)) == 0 || errno == ENOENT) return;
  report("removing session from", last_provider_error());
}

}  // namespace mod_tls::abi
