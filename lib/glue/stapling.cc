// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/stapling.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "glue/log.h"
#include "glue/module_state.h"
#include "glue/policies.h"
#include "glue/privileges.h"
#include "ossl/ocsp_message.h"
#include "ossl/text.h"

namespace mod_tls::glue {

namespace {

/// Certificates that can be stapled for at once; the board takes 16 KiB for each in use.
constexpr std::size_t kPlaces = 128;

std::vector<std::string> urls_for(const core::StaplingPolicy &policy, const X509 *certificate) {
  if (!policy.responder.empty()) return {policy.responder};
  return ossl::responder_urls(certificate);
}

/// A certificate of a context, and what is needed to ask for its status.
struct Candidate {
  ossl::IssuedCertificate subject;
  core::Fingerprint print = {};
  std::vector<std::string> urls;

  [[nodiscard]] bool lacks_issuer() const { return !urls.empty() && !subject.issuer; }
};

std::vector<Candidate> candidates_of(const ServerContext &context) {
  std::vector<Candidate> found;
  for (ossl::IssuedCertificate &subject : ossl::issued_certificates(context.ctx.get())) {
    auto urls = urls_for(context.policy.stapling, subject.certificate.get());
    const auto print = ossl::fingerprint_of(subject.certificate.get());
    if (print) found.push_back({std::move(subject), *print, std::move(urls)});
  }
  return found;
}

template <class Visit>
void for_each_stapling_server(const Visit &visit) {
  for (server_rec *s : all_servers()) {
    const ServerContextPtr context = module_state().contexts.find(s);
    if (context && context->stapler) visit(s->ServerName, *context);
  }
}

void add_jobs(const char *server, const ServerContext &context, std::vector<StapleJob> &jobs) {
  for (Candidate &each : candidates_of(context)) {
    if (each.urls.empty() || each.lacks_issuer()) continue;
    if (std::ranges::find(jobs, each.print, &StapleJob::print) != jobs.end()) continue;
    jobs.emplace_back(server, context.policy.stapling, std::move(each.subject), each.print,
                      std::move(each.urls));
  }
}

std::vector<StapleJob> gather_jobs() {
  std::vector<StapleJob> jobs;
  for_each_stapling_server(
      [&](const char *server, const ServerContext &context) { add_jobs(server, context, jobs); });
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

void Stapling::report(const ServerContext &context, const core::Fingerprint &certificate,
                      core::UnixTime now, core::CertificateReport &report) const {
  using Obstacle = core::StapleProspect::Obstacle;
  if (!context.stapler || !board_) return;
  if (const auto dates = board_->dates_of(certificate)) {
    report.staple = core::StapleReport{.age = now - dates->obtained, .left = dates->until - now};
  }
  report.prospect = core::prospect_of(board_->note_of(certificate), now);
  for (const Candidate &each : candidates_of(context)) {
    if (each.print != certificate) continue;
    if (each.urls.empty()) report.prospect = {.obstacle = Obstacle::no_responder};
    if (each.lacks_issuer()) report.prospect = {.obstacle = Obstacle::no_issuer};
  }
}

/// Certificates without a responder are nobody's fault, those without an issuer the admin's.
void Stapling::tell_unstapled() {
  for_each_stapling_server([](const char *server, const ServerContext &context) {
    for (const Candidate &each : candidates_of(context)) {
      if (!each.lacks_issuer()) continue;
      const X509 *certificate = each.subject.certificate.get();
      log_syslog(PR_LOG_NOTICE, std::string("TLSStapling: no OCSP response to staple for server ") +
                                    server + ": the issuer of its certificate is not known (" +
                                    ossl::text_of(X509_get_subject_name(certificate)) +
                                    ", issued by " +
                                    ossl::text_of(X509_get_issuer_name(certificate)) +
                                    "); add the issuer's certificate to TLSCertificateChainFile");
    }
  });
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
