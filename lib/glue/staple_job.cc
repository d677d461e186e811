// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/staple_job.h"

#include <ctime>
#include <utility>

#include "glue/log.h"
#include "glue/proftpd.h"
#include "net/ocsp_client.h"

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
  ossl::OcspAnswer answer;
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
  Obtained obtained{.der = std::move(cached->der), .answer = std::move(*answer)};
  due_ = core::refresh_at(obtained.answer.times);
  if (!use(obtained, board)) due_ = now;
  tell_daemon(board);
}

void StapleJob::refresh(abi::OcspCacheClient &cache, cache::StapleBoard &board) {
  ask_and_keep(cache, board);
  tell_daemon(board);
}

void StapleJob::tell_daemon(cache::StapleBoard &board) {
  note_.asked_again = due_;
  (void)board.note(print_, note_);
}

void StapleJob::ask_and_keep(abi::OcspCacheClient &cache, cache::StapleBoard &board) {
  const auto obtained = ask_all();
  if (!obtained) {
    failed(obtained.error());
    return;
  }
  if (const auto used = use(*obtained, board); !used) {
    failed(used.error());
    return;
  }
  due_ = core::next_request(obtained->answer.times, std::time(nullptr));
  if (failures_ > 0) {
    log_syslog(PR_LOG_NOTICE, "the OCSP responder for server " + server_ + " answers again");
  }
  failures_ = 0;
  note_.unanswered_since = 0;
  const auto kept = cache.add(print_, obtained->der, obtained->answer.times.obtained);
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
  auto answer = question->check(*der, !option(core::StaplingOption::no_verify), std::time(nullptr));
  if (!answer) return std::move(answer).error();
  return Obtained{.der = std::move(der).value(), .answer = std::move(*answer)};
}

core::Status StapleJob::use(const Obtained &obtained, cache::StapleBoard &board) {
  const core::ResponseTimes &times = obtained.answer.times;
  const bool pinned = board.pin(print_, obtained.der, {times.obtained, core::stapled_until(times)});
  if (!pinned) {
    return core::Error{core::Errc::unusable, "the OCSP response of " +
                                                 std::to_string(obtained.der.size()) +
                                                 " bytes has no place in shared memory"};
  }
  note_status(obtained.answer);
  return core::success();
}

/// Clients are told what the responder says; so must the admin be, once.
void StapleJob::note_status(const ossl::OcspAnswer &answer) {
  const bool changed = std::exchange(status_, answer.status) != answer.status;
  const bool good = answer.status == ossl::CertificateStatus::good;
  std::string verdict = good ? "" : std::string(to_string(answer.status));
  if (!answer.revocation_reason.empty()) verdict += " (" + answer.revocation_reason + ")";
  note_.verdict = core::FixedText<60>(verdict);
  if (!changed || good) return;
  log_syslog(PR_LOG_WARNING, "the OCSP responder says of the certificate of server " + server_ +
                                 ": " + verdict + "; clients that ask for its status refuse it");
}

void StapleJob::failed(const core::Error &error) {
  if (failures_++ == 0) {
    log_syslog(PR_LOG_NOTICE, "no OCSP response to staple for server " + server_ + ": " +
                                  error.message + "; it is tried again now and then");
  }
  const core::UnixTime now = std::time(nullptr);
  if (note_.unanswered_since == 0) note_.unanswered_since = now;
  note_.failure = core::FixedText<160>(error.message);
  due_ = now + core::retry_delay(failures_).count();
}

}  // namespace mod_tls::glue
