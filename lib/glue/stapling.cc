// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/stapling.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "glue/log.h"
#include "glue/module_state.h"
#include "glue/privileges.h"
#include "ossl/ocsp_message.h"

namespace mod_tls::glue {

namespace {

/// Certificates that can be stapled for at once; the board takes 16 KiB for each in use.
constexpr std::size_t kPlaces = 128;

std::vector<std::string> urls_for(const core::StaplingPolicy &policy, const X509 *certificate) {
  if (!policy.responder.empty()) return {policy.responder};
  return ossl::responder_urls(certificate);
}

/// Certificates without a responder are nobody's fault, those without an issuer the admin's.
void add_jobs(const server_rec *server, const ServerContext &context,
              std::vector<StapleJob> &jobs) {
  for (ossl::IssuedCertificate &subject : ossl::issued_certificates(context.ctx.get())) {
    auto urls = urls_for(context.policy.stapling, subject.certificate.get());
    const auto print = ossl::fingerprint_of(subject.certificate.get());
    if (urls.empty() || !print) continue;
    if (!subject.issuer) {
      log_syslog(PR_LOG_NOTICE, std::string("no OCSP response to staple for server ") +
                                    server->ServerName +
                                    ": the issuer of its certificate is not known; add it to "
                                    "TLSCertificateChainFile");
      continue;
    }
    if (std::ranges::find(jobs, *print, &StapleJob::print) != jobs.end()) continue;
    jobs.emplace_back(server->ServerName, context.policy.stapling, std::move(subject), *print,
                      std::move(urls));
  }
}

std::vector<StapleJob> gather_jobs() {
  std::vector<StapleJob> jobs;
  for (auto *s = reinterpret_cast<server_rec *>(server_list->xas_list); s != nullptr; s = s->next) {
    const ServerContextPtr context = module_state().contexts.find(s);
    if (context && context->stapler) add_jobs(s, *context, jobs);
  }
  return jobs;
}

}  // namespace

core::Status check_stapling_cache(const core::StaplingCachePolicy &policy) {
  if (policy.provider.empty()) return core::success();
  if (module_state().providers.ocsp.find(policy.provider) != nullptr) return core::success();
  return core::Error{core::Errc::not_found,
                     "OCSP stapling cache type '" + policy.provider + "' not available"};
}

std::unique_ptr<ossl::OcspStapler> Stapling::stapler_for(const core::StaplingPolicy &policy) {
  if (!policy.enabled()) return nullptr;
  if (!board_) {
    auto board = cache::StapleBoard::create(kPlaces);
    if (!board) {
      log_syslog(PR_LOG_WARNING, board.error().message + ": " + board.error().detail);
      return nullptr;
    }
    board_ = std::move(board).value();
  }
  const bool fake = !policy.options.has(core::StaplingOption::no_fake_try_later);
  return std::make_unique<ossl::OcspStapler>(*board_, fake);
}

void Stapling::open_cache(const core::StaplingCachePolicy &policy) {
  tls_ocsp_cache_t *provider = module_state().providers.ocsp.find(policy.provider);
  if (provider == nullptr) {
    cache_.close();
    return;
  }
  log_debug(DEBUG8, "opening '" + policy.provider + "' TLSStaplingCache");
  const RootPrivileges root;
  const core::Status opened = cache_.open(*provider, policy.info);
  if (opened) return;
  log_syslog(PR_LOG_WARNING, "error opening '" + policy.provider +
                                 "' TLSStaplingCache: " + opened.error().message +
                                 " (responses are not kept beyond a restart)");
}

std::optional<core::StapleReport> Stapling::report(const core::Fingerprint &certificate,
                                                   core::UnixTime now) const {
  const auto dates = board_ ? board_->dates_of(certificate) : std::nullopt;
  if (!dates) return {};
  return core::StapleReport{.age = now - dates->obtained, .left = dates->until - now};
}

void Stapling::forget(std::string_view provider) {
  if (cache_.provider() != nullptr && provider == cache_.provider()->cache_name) cache_.close();
}

void Stapling::start_refresher() {
  refresher_.stop();
  std::vector<StapleJob> jobs = gather_jobs();
  wanted_ = !jobs.empty();
  if (wanted_) refresher_.start(std::move(jobs), cache_, *board_);
}

void Stapling::look_after_refresher() {
  if (wanted_ && !refresher_.is_alive()) start_refresher();
}

}  // namespace mod_tls::glue
