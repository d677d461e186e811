// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/staple_job.h"

#include <ctime>
#include <utility>

#include "glue/log.h"
#include "glue/proftpd.h"
#include "net/ocsp_client.h"
#include "ossl/ocsp_message.h"

namespace mod_tls::glue {

namespace {

/// A fetch without a limit of its own has this one.
constexpr std::chrono::seconds kLongestFetch{60};

std::chrono::seconds fetch_time(const core::StaplingPolicy &policy) {
  return policy.timeout.count() == 0 ? kLongestFetch : policy.timeout;
}

}  // namespace

/// A response that has been checked.
struct StapleJob::Obtained {
  std::vector<std::uint8_t> der;
  core::ResponseTimes times;
};

StapleJob::StapleJob(std::string server, core::StaplingPolicy policy,
                     ossl::IssuedCertificate subject, const core::Fingerprint &print,
                     std::vector<std::string> urls)
    : server_(std::move(server)),
      policy_(std::move(policy)),
      subject_(std::move(subject)),
      print_(print),
      urls_(std::move(urls)) {}

bool StapleJob::option(core::StaplingOption option) const {
  return policy_.options.has(option);
}

void StapleJob::recall(abi::OcspCacheClient &cache, cache::StapleBoard &board, core::UnixTime now) {
  auto cached = cache.get(print_);
  if (!cached) return;
  const auto question =
      ossl::OcspQuestion::create(subject_.certificate.get(), subject_.issuer.get(), false);
  if (!question) return;
  auto answer = question->check(cached->der, !option(core::StaplingOption::no_verify), now);
  if (!answer) {
    cache.remove(print_);
    return;
  }
  answer->times.obtained = std::min(cached->obtained, now);
  use({.der = std::move(cached->der), .times = answer->times}, board);
}

void StapleJob::refresh(abi::OcspCacheClient &cache, cache::StapleBoard &board) {
  const auto obtained = ask_all();
  if (!obtained) {
    failed(obtained.error());
    return;
  }
  use(*obtained, board);
  if (failures_ > 0) {
    log_syslog(PR_LOG_NOTICE, "the OCSP responder for server " + server_ + " answers again");
  }
  failures_ = 0;
  const auto kept = cache.add(print_, obtained->der, obtained->times.obtained);
  if (!kept) {
    log_debug(DEBUG1, "error adding OCSP response to TLSStaplingCache: " + kept.error().message);
  }
}

core::Result<StapleJob::Obtained> StapleJob::ask_all() const {
  core::Result<Obtained> last = core::Error{core::Errc::not_found, "no responder is known"};
  for (const std::string &url : urls_) {
    last = ask(url);
    if (last) break;
  }
  return last;
}

core::Result<StapleJob::Obtained> StapleJob::ask(const std::string &url) const {
  const auto where = core::parse_http_url(url);
  if (!where) return where.error();
  const bool nonce = !option(core::StaplingOption::no_nonce);
  const auto question =
      ossl::OcspQuestion::create(subject_.certificate.get(), subject_.issuer.get(), nonce);
  if (!question) return question.error();
  net::OcspClient client;
  auto der = client.fetch({.url = *where,
                           .request = question->der(),
                           .time = fetch_time(policy_),
                           .fresh = nonce,
                           .agent = kAgent});
  if (!der) return std::move(der).error();
  const auto answer =
      question->check(*der, !option(core::StaplingOption::no_verify), std::time(nullptr));
  if (!answer) return answer.error();
  return Obtained{.der = std::move(der).value(), .times = answer->times};
}

void StapleJob::use(const Obtained &obtained, cache::StapleBoard &board) {
  board.pin(print_, obtained.der,
            {.obtained = obtained.times.obtained, .until = core::stapled_until(obtained.times)});
  due_ = core::refresh_at(obtained.times);
}

void StapleJob::failed(const core::Error &error) {
  if (failures_++ == 0) {
    log_syslog(PR_LOG_NOTICE, "no OCSP response to staple for server " + server_ + ": " +
                                  error.message + "; it is tried again now and then");
  }
  due_ = std::time(nullptr) + core::retry_delay(failures_).count();
}

}  // namespace mod_tls::glue
