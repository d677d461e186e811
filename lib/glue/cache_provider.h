// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "abi/sealed_cache.h"
#include "glue/cache_backend.h"
#include "glue/cache_host.h"
#include "glue/proftpd.h"

// By its place, because the headers of ProFTPD have one of this name, too.
#include "../../mod_tls.h"

namespace mod_tls::glue {

/// OpenCache is a backend in use: opened, sealed, closed; the same for both uses.
class OpenCache {
 public:
  OpenCache(CacheUse use, CacheBackend &backend, CacheHost host)
      : use_(use), backend_(backend), host_(host) {}

  /// 0, or an errno that says what kind of failure it was; the reason is logged.
  int open(const char *info);
  void close();
  int destroy();
  /// Null, with errno, while closed.
  abi::SealedCache *cache();
  /// The lines of "ftpdctl tls sesscache info" and "ocspcache info"; with `list_sessions`, those of
  /// "info -v".
  std::vector<std::string> status_lines(bool list_sessions);
  [[nodiscard]] const CacheHost &host() const { return host_; }

 private:
  [[nodiscard]] ossl::EntryKind kind() const;

  CacheUse use_;
  CacheBackend &backend_;
  CacheHost host_;
  std::optional<abi::SealedCache> cache_;
};

/// Provider offers a backend to TLSSessionCache or TLSStaplingCache, through one of the two records
/// of mod_tls.h. It lives as long as the process.
template <class Record>
class Provider {
 public:
  Provider(CacheBackend &backend, CacheHost host);
  /// Registers it as `name`, a literal, again if it was: 0, or -1 with errno.
  int enroll(const char *name);
  [[nodiscard]] OpenCache &cache() { return cache_; }

 private:
  Record record_{};
  OpenCache cache_;
  bool enrolled_ = false;
};

using SessionProvider = Provider<tls_sess_cache_t>;
using OcspProvider = Provider<tls_ocsp_cache_t>;

}  // namespace mod_tls::glue
