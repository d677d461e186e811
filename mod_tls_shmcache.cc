// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception

// Keeps sessions and OCSP responses in shared memory: "shm:" of TLSSessionCache and
// TLSStaplingCache. Loads after any mod_tls with the interface of mod_tls.h.
#include "glue/cache_module.h"
#include "glue/cache_shm.h"

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): the host writes to it
extern "C" __attribute__((visibility("default"))) struct module_struc tls_shmcache_module;

namespace {

using mod_tls::glue::CacheHost;
using mod_tls::glue::ShmBackend;

constexpr char kVersion[] = "mod_tls_shmcache/3.0.0";
constexpr CacheHost kHost{kVersion};

struct ShmCaches : mod_tls::glue::Caches<ShmBackend> {
  ShmCaches() : Caches(kHost) {}
};

ShmCaches &caches() {
  return mod_tls::glue::never_destroyed<ShmCaches>();
}

void on_startup(const void *) {
  const mod_tls::glue::RootPrivileges root;
  caches().session_store.claim();
  caches().response_store.claim();
}

void on_exit(const void *) {
  if (is_master == 0) return;  // a session
  caches().session_store.release();
  caches().response_store.release();
}

int module_init() noexcept {
  return mod_tls::glue::guarded(-1, [] {
    pr_event_register(&tls_shmcache_module, "core.startup",
                      mod_tls::glue::guarded_event<on_startup>, nullptr);
    pr_event_register(&tls_shmcache_module, "core.exit", mod_tls::glue::guarded_event<on_exit>,
                      nullptr);
    return mod_tls::glue::enroll_caches(kHost, "shm", caches().sessions, caches().responses);
  });
}

}  // namespace

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): the host writes to it
struct module_struc tls_shmcache_module = {nullptr,        nullptr,     PR_MODULE_API_VERSION,
                                           "tls_shmcache", nullptr,     nullptr,
                                           nullptr,        module_init, nullptr,
                                           kVersion,       nullptr,     0};
