// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/cache_provider.h"

#include <ctime>
#include <iterator>

#include "glue/cache_status.h"
#include "glue/callback_guard.h"
#include "glue/privileges.h"

namespace mod_tls::glue {

namespace {

using cache::Outcome;

template <class Record>
OpenCache &open_cache_of(Record *record) {
  return *static_cast<OpenCache *>(record->cache_data);
}

std::time_t now() {
  return std::time(nullptr);
}

/// -1 with errno.
int failed(int error) {
  errno = error;
  return -1;
}

/// What is too large is counted, and no failure of the cache.
int as_result(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
    case Outcome::too_large:
      return 0;
    case Outcome::miss:
    case Outcome::skipped:
    case Outcome::told:
      return failed(ENOENT);
    case Outcome::unavailable:
      return failed(EAGAIN);
  }
  return failed(EAGAIN);
}

/// A failure was told when it began: not once more by whoever asked, nor by each session.
int as_added(Outcome outcome) {
  const bool known = outcome == Outcome::skipped || outcome == Outcome::told;
  return known ? 0 : as_result(outcome);
}

/// What `work` says of the record's cache; `otherwise` if that is closed, and for an exception.
template <class Answer, class Record, class Work>
Answer with_cache(Record *record, Answer otherwise, Work work) noexcept {
  return guarded(otherwise, [&] {
    abi::SealedCache *cache = open_cache_of(record).cache();
    return cache == nullptr ? otherwise : work(*cache);
  });
}

template <class Record>
int on_open(Record *record, const char *info) {
  return guarded(-1, [=] {
    const int error = open_cache_of(record).open(info != nullptr ? info : "");
    return error == 0 ? 0 : failed(error);
  });
}

template <class Record>
int on_close(Record *record) noexcept {
  return guarded(-1, [=] {
    open_cache_of(record).close();
    return 0;
  });
}

template <class Record>
int on_clear(Record *record) noexcept {
  return with_cache(record, -1, [=](abi::SealedCache &cache) {
    const auto cleared = cache.clear();
    if (cleared) return static_cast<int>(*cleared);
    open_cache_of(record).host().notice(cleared.error().message);
    return failed(EAGAIN);
  });
}

template <class Record>
int on_remove(Record *record) noexcept {
  return guarded(-1, [=] {
    const int error = open_cache_of(record).destroy();
    return error == 0 ? 0 : failed(error);
  });
}

template <class Record>
int on_status(Record *record, void (*write)(void *, const char *, ...), void *arg,
              int flags) noexcept {
  return guarded(-1, [=] {
    if (open_cache_of(record).cache() == nullptr) return -1;  // after a removal
    const bool list = (flags & TLS_SESS_CACHE_STATUS_FL_SHOW_SESSIONS) != 0;
    for (const std::string &line : open_cache_of(record).status_lines(list)) {
      write(arg, "%s", line.c_str());
    }
    return 0;
  });
}

// ---- sessions ----------------------------------------------------------------------------------

int open_sessions(tls_sess_cache_t *record, char *info, long timeout) noexcept {
  record->cache_timeout = timeout;
  return on_open(record, info);
}

int add_session(tls_sess_cache_t *record, const unsigned char *id, unsigned int size,
                time_t expires, SSL_SESSION *session) noexcept {
  return with_cache(record, -1, [=](abi::SealedCache &cache) {
    return as_added(cache.add({id, size}, session, expires, now()));
  });
}

SSL_SESSION *get_session(tls_sess_cache_t *record, const unsigned char *id,
                         unsigned int size) noexcept {
  return with_cache<SSL_SESSION *>(record, nullptr, [=](abi::SealedCache &cache) {
    auto found = cache.get_session({id, size}, now());
    (void)as_result(found.outcome);
    return found.session.release();
  });
}

int delete_session(tls_sess_cache_t *record, const unsigned char *id, unsigned int size) noexcept {
  return with_cache(record, -1, [=](abi::SealedCache &cache) {
    return as_result(cache.remove({id, size}));
  });
}

CacheUse use_of(const tls_sess_cache_t &) {
  return CacheUse::sessions;
}

void set_entry_calls(tls_sess_cache_t &record) {
  record.open = open_sessions;
  record.add = add_session;
  record.get = get_session;
  record.delete_ = delete_session;
}

int announce(tls_sess_cache_t &record, const char *name) {
  return tls_sess_cache_register(name, &record);
}

void withdraw(const tls_sess_cache_t &, const char *name) {
  tls_sess_cache_unregister(name);
}

// ---- OCSP responses ----------------------------------------------------------------------------

cache::ByteView bytes_of(const char *fingerprint) {
  const std::string_view text = fingerprint;
  return {reinterpret_cast<const unsigned char *>(text.data()), text.size()};
}

int open_responses(tls_ocsp_cache_t *record, char *info) noexcept {
  return on_open(record, info);
}

int add_response(tls_ocsp_cache_t *record, const char *fingerprint, OCSP_RESPONSE *response,
                 time_t age) noexcept {
  return with_cache(record, -1, [=](abi::SealedCache &cache) {
    return as_added(cache.add(bytes_of(fingerprint), response, age, now()));
  });
}

OCSP_RESPONSE *get_response(tls_ocsp_cache_t *record, const char *fingerprint,
                            time_t *age) noexcept {
  return with_cache<OCSP_RESPONSE *>(record, nullptr, [=](abi::SealedCache &cache) {
    auto found = cache.get_response(bytes_of(fingerprint), now());
    (void)as_result(found.outcome);
    if (age != nullptr) *age = found.dated.obtained;
    return found.dated.response.release();
  });
}

int delete_response(tls_ocsp_cache_t *record, const char *fingerprint) noexcept {
  return with_cache(record, -1, [=](abi::SealedCache &cache) {
    return as_result(cache.remove(bytes_of(fingerprint)));
  });
}

CacheUse use_of(const tls_ocsp_cache_t &) {
  return CacheUse::ocsp;
}

void set_entry_calls(tls_ocsp_cache_t &record) {
  record.open = open_responses;
  record.add = add_response;
  record.get = get_response;
  record.delete_ = delete_response;
}

int announce(tls_ocsp_cache_t &record, const char *name) {
  return tls_ocsp_cache_register(name, &record);
}

void withdraw(const tls_ocsp_cache_t &, const char *name) {
  tls_ocsp_cache_unregister(name);
}

int errno_of(const core::Error &error) {
  switch (error.code) {
    case core::Errc::bad_syntax:
    case core::Errc::bad_value:
    case core::Errc::unusable:
    case core::Errc::unsupported:
    case core::Errc::crypto:
      return EINVAL;
    case core::Errc::not_found:
      return ENOENT;
    case core::Errc::not_permitted:
      return EPERM;
    case core::Errc::io:
      return EIO;
  }
  return EINVAL;
}

}  // namespace

ossl::EntryKind OpenCache::kind() const {
  return use_ == CacheUse::sessions ? ossl::EntryKind::session : ossl::EntryKind::ocsp_response;
}

int OpenCache::open(const char *info) {
  cache_.reset();
  const RootPrivileges root;
  std::vector<std::string> notices;
  const core::Status opened = backend_.open(info, notices);
  for (const std::string &notice : notices) host_.notice(notice);
  if (!opened) {
    host_.notice(opened.error().message);
    return errno_of(opened.error());
  }
  const auto key = cache_entry_key(kind());
  if (!key) {
    backend_.close();
    host_.notice("TLSCacheSecretFile: " + key.error().message);
    return errno_of(key.error());
  }
  cache_.emplace(*backend_.store(), backend_.counters(), *key);
  return 0;
}

void OpenCache::close() {
  cache_.reset();
  backend_.close();
  if (is_master == 0) forget_drawn_key(kind());  // only the daemon opens it again
}

int OpenCache::destroy() {
  if (cache() == nullptr) return errno;
  const RootPrivileges root;
  const core::Status destroyed = backend_.destroy();
  if (destroyed) {
    cache_.reset();
    return 0;
  }
  host_.notice(destroyed.error().message);
  return errno_of(destroyed.error());
}

abi::SealedCache *OpenCache::cache() {
  if (cache_ && backend_.store() != nullptr) return &*cache_;
  errno = ENOSYS;
  return nullptr;
}

std::vector<std::string> OpenCache::status_lines(bool list_sessions) {
  std::vector<std::string> lines = backend_.describe();
  const cache::CacheStatus status = cache_->status();
  const std::string what = use_ == CacheUse::sessions ? "session" : "response";
  if (status.store.capacity_bytes > 0) {
    lines.push_back("Max " + what + " cache size: " + std::to_string(status.store.capacity_bytes) +
                    " bytes");
    lines.push_back("Current " + what + " cache size: " + std::to_string(status.store.entries));
    lines.emplace_back();
  }
  std::vector<std::string> counters = counter_lines(use_, status);
  std::move(counters.begin(), counters.end(), std::back_inserter(lines));
  if (!list_sessions || use_ != CacheUse::sessions) return lines;
  const auto sessions = cache_->list_sessions(core::kListedSessions, now());
  auto listing = core::listing_lines(sessions, status.store.entries, date_text);
  std::move(listing.begin(), listing.end(), std::back_inserter(lines));
  return lines;
}

template <class Record>
Provider<Record>::Provider(CacheBackend &backend, CacheHost host)
    : cache_(use_of(record_), backend, host) {
  record_.cache_data = &cache_;
  record_.close = on_close<Record>;
  record_.clear = on_clear<Record>;
  record_.remove = on_remove<Record>;
  record_.status = on_status<Record>;
  set_entry_calls(record_);
}

template <class Record>
int Provider<Record>::enroll(const char *name) {
  // The host initialises modules anew with each SIGHUP.
  if (enrolled_) withdraw(record_, name);
  enrolled_ = announce(record_, name) == 0;
  return enrolled_ ? 0 : -1;
}

template class Provider<tls_sess_cache_t>;
template class Provider<tls_ocsp_cache_t>;

}  // namespace mod_tls::glue
