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
  CacheUse use_;
  CacheBackend &backend_;
  CacheHost host_;
  std::optional<abi::SealedCache> cache_;
};

/// SessionProvider offers a backend to TLSSessionCache, through the C interface. It lives as long
/// as the process.
class SessionProvider {
 public:
  SessionProvider(CacheBackend &backend, CacheHost host);
  /// Registers it as `name`, a literal, again if it was: 0, or -1 with errno.
  int enroll(const char *name);
  [[nodiscard]] OpenCache &cache() { return cache_; }

 private:
  tls_sess_cache_t record_{};
  OpenCache cache_;
  bool enrolled_ = false;
};

/// The same for TLSStaplingCache.
class OcspProvider {
 public:
  OcspProvider(CacheBackend &backend, CacheHost host);
  int enroll(const char *name);
  [[nodiscard]] OpenCache &cache() { return cache_; }

 private:
  tls_ocsp_cache_t record_{};
  OpenCache cache_;
  bool enrolled_ = false;
};

}  // namespace mod_tls::glue
