// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception

// Keeps sessions and OCSP responses as files: "fs:" of TLSSessionCache and TLSStaplingCache.
// Loads after any mod_tls with the interface of mod_tls.h.
#include "glue/cache_fs.h"
#include "glue/cache_module.h"

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): the host writes to it
extern "C" __attribute__((visibility("default"))) struct module_struc tls_fscache_module;

namespace {

using mod_tls::glue::CacheHost;
using mod_tls::glue::FsBackend;

constexpr char kVersion[] = "mod_tls_fscache/3.0.0";
constexpr CacheHost kHost{kVersion};

struct FsCaches : mod_tls::glue::Caches<FsBackend> {
  FsCaches() : Caches(kHost) {}
};

int module_init() noexcept {
  return mod_tls::glue::guarded(-1, [] {
    auto &caches = mod_tls::glue::never_destroyed<FsCaches>();
    return mod_tls::glue::enroll_caches(kHost, "fs", caches.sessions, caches.responses);
  });
}

}  // namespace

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): the host writes to it
struct module_struc tls_fscache_module = {nullptr,       nullptr,     PR_MODULE_API_VERSION,
                                          "tls_fscache", nullptr,     nullptr,
                                          nullptr,       module_init, nullptr,
                                          kVersion,      nullptr,     0};
