// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception

// Keeps sessions and OCSP responses on Redis: "redis:" of TLSSessionCache and
// TLSStaplingCache. Loads after any mod_tls with the interface of mod_tls.h.
#include "core/redis_protocol.h"
#include "glue/cache_module.h"
#include "glue/cache_server.h"
#include "glue/cache_words.h"

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): the host writes to it
extern "C" __attribute__((visibility("default"))) struct module_struc tls_redis_module;

namespace {

namespace core = mod_tls::core;
namespace glue = mod_tls::glue;
using mod_tls::glue::CacheHost;
using mod_tls::glue::kept_value;
using mod_tls::glue::ServerBackend;
using mod_tls::glue::ServerKind;
using mod_tls::glue::ServerSetup;

constexpr char kVersion[] = "mod_tls_redis/3.0.0";
constexpr CacheHost kHost{kVersion};

core::Result<ServerSetup> setup(std::vector<std::string> &notices) {
  auto server = kept_value<core::parse_redis_server>(
      "RedisServer", core::RedisServer{{"127.0.0.1", core::kRedisPort}, {}});
  if (!server) return std::move(server).error();
  const auto times = kept_value<core::parse_redis_times>("RedisTimeouts", core::ServerTimes{});
  if (!times) return times.error();
  if (glue::kept_words("RedisSentinel")) {
    notices.emplace_back("RedisSentinel is not followed: the cache is on RedisServer, " +
                         core::text_of(server->address));
  }
  return ServerSetup{{std::move(server->address)},
                     *times,
                     std::make_unique<core::RedisProtocol>(std::move(server->login))};
}

constexpr ServerKind kKind{"mod_tls_redis", "RedisEngine", "Redis", "Redis server: ", setup};

struct RedisCaches : glue::Caches<ServerBackend> {
  RedisCaches() : Caches(kHost, kKind) {}
};

modret_t *keep_any(cmd_rec *cmd) {
  return glue::keep_words(cmd, [](auto) { return core::success(); });
}

int module_init() noexcept {
  return glue::guarded(-1, [] {
    auto &caches = glue::never_destroyed<RedisCaches>();
    pr_event_register(&tls_redis_module, "core.exit",
                      glue::guarded_event<glue::look_after_caches<RedisCaches>>, nullptr);
    return glue::enroll_caches(kHost, "redis", caches.sessions, caches.responses);
  });
}

// The host's directives, which mod_redis handles as well if it is loaded.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables): the host writes to them
conftable directives[] = {
    glue::row("RedisEngine", glue::guarded_handler<glue::keep_parsed<glue::parse_switch>>),
    glue::row("RedisSentinel", glue::guarded_handler<keep_any>),
    glue::row("RedisServer", glue::guarded_handler<glue::keep_parsed<core::parse_redis_server>>),
    glue::row("RedisTimeouts", glue::guarded_handler<glue::keep_parsed<core::parse_redis_times>>),
    {nullptr, nullptr, nullptr}};
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

}  // namespace

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): the host writes to it
struct module_struc tls_redis_module = {nullptr,     nullptr,     PR_MODULE_API_VERSION,
                                        "tls_redis", directives,  nullptr,
                                        nullptr,     module_init, nullptr,
                                        kVersion,    nullptr,     0};
