// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception

// Keeps sessions and OCSP responses on memcached: "memcache:" of TLSSessionCache and
// TLSStaplingCache. Loads after any mod_tls with the interface of mod_tls.h.
#include "core/memcached_protocol.h"
#include "glue/cache_module.h"
#include "glue/cache_server.h"
#include "glue/cache_words.h"

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): the host writes to it
extern "C" __attribute__((visibility("default"))) struct module_struc tls_memcache_module;

namespace {

namespace core = mod_tls::core;
namespace glue = mod_tls::glue;
using mod_tls::glue::CacheHost;
using mod_tls::glue::kept_value;
using mod_tls::glue::ServerBackend;
using mod_tls::glue::ServerKind;
using mod_tls::glue::ServerSetup;

constexpr char kVersion[] = "mod_tls_memcache/3.0.0";
constexpr CacheHost kHost{kVersion};

core::Result<ServerSetup> setup(std::vector<std::string> &) {
  using Addresses = std::vector<core::ServerAddress>;
  auto servers = kept_value<core::parse_memcache_servers>(
      "MemcacheServers", Addresses{{"127.0.0.1", core::kMemcachedPort}});
  if (!servers) return std::move(servers).error();
  const auto times =
      kept_value<core::parse_memcache_times>("MemcacheTimeouts", core::ServerTimes{});
  if (!times) return times.error();
  return ServerSetup{std::move(*servers), *times, std::make_unique<core::MemcachedProtocol>()};
}

constexpr ServerKind kKind{"mod_tls_memcache", "MemcacheEngine", "Memcache",
                           "Memcache servers: ", setup};

struct MemcacheCaches : glue::Caches<ServerBackend> {
  MemcacheCaches() : Caches(kHost, kKind) {}
};

int module_init() noexcept {
  return glue::guarded(-1, [] {
    auto &caches = glue::never_destroyed<MemcacheCaches>();
    pr_event_register(&tls_memcache_module, "core.exit",
                      glue::guarded_event<glue::look_after_caches<MemcacheCaches>>, nullptr);
    return glue::enroll_caches(kHost, "memcache", caches.sessions, caches.responses);
  });
}

// The host's directives, which mod_memcache handles as well if it is loaded.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables): the host writes to them
conftable directives[] = {
    glue::row("MemcacheEngine", glue::guarded_handler<glue::keep_parsed<glue::parse_switch>>),
    glue::row("MemcacheServers",
              glue::guarded_handler<glue::keep_parsed<core::parse_memcache_servers>>),
    glue::row("MemcacheTimeouts",
              glue::guarded_handler<glue::keep_parsed<core::parse_memcache_times>>),
    {nullptr, nullptr, nullptr}};
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

}  // namespace

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): the host writes to it
struct module_struc tls_memcache_module = {nullptr,        nullptr,     PR_MODULE_API_VERSION,
                                           "tls_memcache", directives,  nullptr,
                                           nullptr,        module_init, nullptr,
                                           kVersion,       nullptr,     0};
