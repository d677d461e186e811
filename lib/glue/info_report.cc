// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/info_report.h"

#include <openssl/crypto.h>

#include <array>
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "core/policy_builder.h"
#include "glue/callback_guard.h"
#include "glue/module_state.h"
#include "glue/policies.h"
#include "ossl/certificate_report.h"

namespace mod_tls::glue {

namespace {

/// Takes one line from a cache's status function; `arg` is the list of lines.
void collect_line(void *arg, const char *format, ...) noexcept {  // NOLINT(cert-dcl50-cpp): C's
  std::array<char, 1024> text{};
  va_list values;
  va_start(values, format);
  const int size = std::vsnprintf(text.data(), text.size(), format, values);
  va_end(values);
  if (size < 0) return;
  guarded(0, [&] {
    static_cast<std::vector<std::string> *>(arg)->emplace_back(text.data());
    return 0;
  });
}

template <class Cache>
core::Result<std::vector<std::string>> status_of(Cache *cache, int flags) {
  std::vector<std::string> lines;
  errno = 0;
  if (cache->status(cache, collect_line, &lines, flags) < 0) {
    return core::Error{core::Errc::io, core::errno_text(errno)};
  }
  return lines;
}

template <class Cache>
core::CacheReport report_cache(const char *directive, Cache *cache) {
  core::CacheReport report{.directive = directive, .provider = {}, .status = {}};
  if (cache == nullptr) return report;
  report.provider = cache->cache_name;
  const auto lines = status_of(cache, 0);
  if (!lines) {
    report.status.push_back({"error", lines.error().message});
    return report;
  }
  for (const std::string &line : *lines) {
    if (!line.empty()) report.status.push_back(core::field_of_status(line));
  }
  return report;
}

core::TicketTime now_seconds() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::string address_of(const server_rec *server) {
  const char *address = server->addr != nullptr ? pr_netaddr_get_ipstr(server->addr) : "?";
  return std::string(address) + ':' + std::to_string(server->ServerPort);
}

core::ServerReport report_server(const server_rec *server) {
  core::ServerReport report;
  report.name = server->ServerName != nullptr ? server->ServerName : "";
  report.address = address_of(server);
  const ServerContextPtr context = module_state().contexts.find(server);
  if (!context) return report;
  report.engine = true;
  report.policy = core::fields_of_policy(core::describe(context->policy));
  report.stapling = context->stapler != nullptr;
  const std::time_t now = std::time(nullptr);
  report.certificates = ossl::report_certificates(
      context->ctx.get(), now,
      [&](const core::Fingerprint &certificate, core::CertificateReport &about) {
        module_state().stapling.report(*context, certificate, now, about);
      });
  return report;
}

}  // namespace

core::Result<std::vector<std::string>> cache_status(tls_sess_cache_t *cache, bool verbose) {
  return status_of(cache, verbose ? TLS_SESS_CACHE_STATUS_FL_SHOW_SESSIONS : 0);
}

core::Result<std::vector<std::string>> cache_status(tls_ocsp_cache_t *cache, bool) {
  return status_of(cache, 0);
}

core::InfoReport gather_info() {
  ModuleState &state = module_state();
  core::InfoReport report{.version = kVersion,
                          .library = OpenSSL_version(OPENSSL_VERSION),
                          .servers = {},
                          .ticket_keys = state.ticket_keys.report(now_seconds()),
                          .caches = {}};
  for (server_rec *s : all_servers()) {
    report.servers.push_back(report_server(s));
  }
  report.caches.push_back(
      report_cache("TLSSessionCache", state.session_caching.client().provider()));
  report.caches.push_back(report_cache("TLSStaplingCache", state.stapling.cache().provider()));
  return report;
}

}  // namespace mod_tls::glue
