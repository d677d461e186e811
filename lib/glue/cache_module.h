// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "glue/cache_host.h"
#include "glue/cache_provider.h"
#include "glue/callback_guard.h"
#include "glue/never_destroyed.h"
#include "glue/privileges.h"
#include "glue/proftpd.h"

namespace mod_tls::glue {

/// Registers what a cache module offers under `name`: 0, or -1 with a log line.
int enroll_caches(const CacheHost &host, const char *name, SessionProvider &sessions,
                  OcspProvider &responses);

/// What a cache module has: a backend for sessions and one for responses, and what offers them.
/// `more` is what the backends want beside their use and the host.
template <class Backend>
struct Caches {
  template <class... More>
  explicit Caches(CacheHost host, const More &...more)
      : session_store{CacheUse::sessions, host, more...},
        response_store{CacheUse::ocsp, host, more...},
        sessions{session_store, host},
        responses{response_store, host} {}

  Backend session_store;
  Backend response_store;
  SessionProvider sessions;
  OcspProvider responses;
};

/// A handler of "core.exit": sessions have their backends look after what they began. `Module` is
/// a Caches whose backends have that.
template <class Module>
void look_after_caches(const void *) {
  if (is_master != 0) return;
  auto &caches = never_destroyed<Module>();
  caches.session_store.look_after();
  caches.response_store.look_after();
}

}  // namespace mod_tls::glue
