// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/client_ocsp.h"

#include <algorithm>
#include <ctime>

#include "core/ascii.h"
#include "core/http_url.h"
#include "ossl/text.h"

namespace mod_tls::ossl {

namespace {

using core::OcspOutcome;
using core::OcspVerdict;
using Lines = std::vector<std::string>;

/// A certificate can name as many as it likes.
constexpr std::size_t kMostResponders = 4;
constexpr std::size_t kLongestShown = 200;

int ocsp_slot() {
  static const int kSlot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kSlot;
}

std::string der_of(const std::vector<X509 *> &chain) {
  std::string text;
  for (const X509 *certificate : chain) {
    unsigned char *der = nullptr;
    const int size = i2d_X509(certificate, &der);
    const OpensslBytesPtr owner{der};
    if (size <= 0) return {};
    text.append(reinterpret_cast<const char *>(der), static_cast<std::size_t>(size));
  }
  return text;
}

std::string shown(const std::string &url) {
  return core::quoted(std::string_view(url).substr(0, kLongestShown));
}

OcspOutcome outcome_of(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::good:
      return OcspOutcome::good;
    case CertificateStatus::revoked:
      return OcspOutcome::revoked;
    case CertificateStatus::unknown:
      return OcspOutcome::unknown;
  }
  return OcspOutcome::unknown;
}

void tell_answer(const OcspAnswer &answer, const std::string &subject, const std::string &url,
                 Lines &lines) {
  const std::string who = "client cert " + subject + " has '";
  const std::string status{to_string(answer.status)};
  lines.push_back(who + status + "' (" + std::to_string(static_cast<int>(answer.status)) +
                  ") status according to OCSP responder at " + shown(url));
  if (answer.revocation_reason.empty()) return;
  lines.push_back(who + status + "' status due to: " + answer.revocation_reason);
}

void tell_responders(std::size_t count, const std::string &subject, Lines &lines) {
  if (count == 0) {
    lines.push_back("found no OCSP URLs in AuthorityInfoAccess attribute for client cert " +
                    subject + ", unable to verify via OCSP");
    return;
  }
  lines.push_back("found " + std::to_string(count) + " OCSP URL" + (count == 1 ? "" : "s") +
                  " in AuthorityInfoAccess attribute for client cert " + subject);
}

}  // namespace

/// What is asked about one certificate.
struct ClientOcsp::Question {
  const X509 *certificate;
  const X509 *issuer;
  Time end;
};

OcspVerdict ClientOcsp::judge(const std::vector<X509 *> &chain, const core::OcspPolicy &policy,
                              Lines &lines) {
  const std::string der = der_of(chain);
  if (!der.empty() && der == known_good_) return OcspVerdict::accepted;
  const OcspVerdict verdict = judge_chain(chain, policy, lines);
  if (verdict == OcspVerdict::accepted) known_good_ = der;
  return verdict;
}

OcspVerdict ClientOcsp::judge_chain(const std::vector<X509 *> &chain,
                                    const core::OcspPolicy &policy, Lines &lines) const {
  const Time end = std::min(end_, std::chrono::steady_clock::now() + policy.timeout);
  for (std::size_t i = chain.size(); i > 1; i--) {
    const Question question{.certificate = chain[i - 2], .issuer = chain[i - 1], .end = end};
    const OcspVerdict verdict = judge_ocsp(policy.demand, ask_responders(question, lines));
    if (verdict != OcspVerdict::accepted) return verdict;
  }
  return OcspVerdict::accepted;
}

OcspOutcome ClientOcsp::ask_responders(const Question &question, Lines &lines) const {
  const std::string subject = "'" + text_of(X509_get_subject_name(question.certificate)) + "'";
  std::vector<std::string> urls = responder_urls(question.certificate);
  tell_responders(urls.size(), subject, lines);
  if (urls.empty()) return OcspOutcome::no_responder;
  urls.resize(std::min(urls.size(), kMostResponders));
  for (const std::string &url : urls) {
    lines.push_back("checking OCSP URL " + shown(url) + " for client cert " + subject);
    const auto answer = ask(question, url);
    if (answer) {
      tell_answer(*answer, subject, url, lines);
      return outcome_of(answer->status);
    }
    lines.push_back("unable to verify client cert " + subject + " via OCSP responder at " +
                    shown(url) + ": " + answer.error().message);
  }
  return OcspOutcome::unanswered;
}

core::Result<OcspAnswer> ClientOcsp::ask(const Question &question, const std::string &url) const {
  const auto where = core::parse_http_url(url);
  if (!where) return where.error();
  const auto asked = OcspQuestion::create(question.certificate, question.issuer, true);
  if (!asked) return asked.error();
  const auto left = std::chrono::floor<std::chrono::milliseconds>(question.end -
                                                                  std::chrono::steady_clock::now());
  if (left.count() <= 0) return core::Error{core::Errc::io, "the time for OCSP is over"};
  const auto der = fetcher_.fetch(
      {.url = *where, .request = asked->der(), .time = left, .fresh = true, .agent = agent_});
  if (!der) return der.error();
  const core::UnixTime now = std::time(nullptr);
  auto answer = asked->check(*der, true, now);
  if (!answer) return answer;
  if (!core::answer_counts(answer->made, answer->times.next_update.has_value(),
                           !answer->without_nonce, now)) {
    return core::Error{core::Errc::unusable, "the OCSP response is old"};
  }
  return answer;
}

void use_client_ocsp(SSL *ssl, ClientOcsp &ocsp) {
  SSL_set_ex_data(ssl, ocsp_slot(), &ocsp);
}

ClientOcsp *client_ocsp_of(const SSL *ssl) {
  return static_cast<ClientOcsp *>(SSL_get_ex_data(ssl, ocsp_slot()));
}

}  // namespace mod_tls::ossl
