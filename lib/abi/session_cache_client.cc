// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "abi/session_cache_client.h"

#include <cerrno>
#include <system_error>
#include <vector>

namespace mod_tls::abi {

namespace {

/// errno as a provider left it; 0 is not an explanation.
int last_error() {
  return errno != 0 ? errno : EIO;
}

std::string words_of(int error) {
  return std::generic_category().message(error);
}

unsigned int size_of(ossl::SessionId id) {
  return static_cast<unsigned int>(id.size());
}

}  // namespace

core::Status SessionCacheClient::open(tls_sess_cache_t &provider, const std::string &info,
                                      std::chrono::seconds timeout) {
  if (provider_ != &provider) close();
  provider_ = nullptr;
  std::vector<char> writable(info.begin(), info.end());
  writable.push_back('\0');
  errno = 0;
  if (provider.open(&provider, writable.data(), static_cast<long>(timeout.count())) < 0) {
    return core::Error{core::Errc::unusable, words_of(last_error())};
  }
  provider_ = &provider;
  return core::success();
}

void SessionCacheClient::close() {
  if (provider_ == nullptr) return;
  provider_->close(provider_);
  provider_ = nullptr;
}

void SessionCacheClient::report(std::string_view what, int error) const {
  log_("error " + std::string(what) + " '" + provider_->cache_name + "' cache: " + words_of(error));
}

void SessionCacheClient::add(ossl::SessionId id, std::time_t expires, SSL_SESSION *session) {
  if (provider_ == nullptr) return;
  errno = 0;
  if (provider_->add(provider_, id.data(), size_of(id), expires, session) == 0) return;
  report("adding session to", last_error());
}

ossl::SslSessionPtr SessionCacheClient::get(ossl::SessionId id) {
  if (provider_ == nullptr) return {};
  errno = 0;
  ossl::SslSessionPtr session{provider_->get(provider_, id.data(), size_of(id))};
  if (!session && errno != ENOENT && errno != 0) report("retrieving session from", errno);
  return session;
}

void SessionCacheClient::remove(ossl::SessionId id) {
  if (provider_ == nullptr) return;
  errno = 0;
  if (provider_->delete_(provider_, id.data(), size_of(id)) == 0 || errno == ENOENT) return;
  report("removing session from", last_error());
}

}  // namespace mod_tls::abi
