// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/ocsp_message.h"

#include <openssl/x509v3.h>

#include <algorithm>

#include "ossl/error_queue.h"
#include "ossl/text.h"

namespace mod_tls::ossl {

namespace {

constexpr long kSlack = 300;  // seconds, between our clock and the responder's

using BasicResponsePtr = std::unique_ptr<OCSP_BASICRESP, FreeWith<&OCSP_BASICRESP_free>>;
using CertIdPtr = std::unique_ptr<OCSP_CERTID, FreeWith<&OCSP_CERTID_free>>;

struct FreeStrings {
  void operator()(STACK_OF(OPENSSL_STRING) * list) const noexcept {
    X509_email_free(list);  // NOLINT(openssl-free): a list of texts is of no type of its own
  }
};

core::Error bad_response(const std::string &why) {
  return {core::Errc::unusable, why};
}

core::Error crypto_error(const std::string &what) {
  return {core::Errc::crypto, what, to_line(take_errors())};
}

core::Result<BasicResponsePtr> parse(std::span<const std::uint8_t> der) {
  const unsigned char *at = der.data();
  const OcspResponsePtr response(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size())));
  if (!response || at != der.data() + der.size()) {
    clear_errors();
    return bad_response("what the responder sent is no OCSP response");
  }
  const int status = OCSP_response_status(response.get());
  if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
    return bad_response(std::string("the responder says: ") + OCSP_response_status_str(status));
  }
  BasicResponsePtr basic(OCSP_response_get1_basic(response.get()));
  if (basic) return basic;
  clear_errors();
  return bad_response("the OCSP response has no basic response");
}

core::UnixTime unix_time(const ASN1_GENERALIZEDTIME *time, core::UnixTime now) {
  return now + seconds_until(time, now).value_or(0);
}

CertificateStatus status_of(int library) {
  if (library == V_OCSP_CERTSTATUS_GOOD) return CertificateStatus::good;
  if (library == V_OCSP_CERTSTATUS_REVOKED) return CertificateStatus::revoked;
  return CertificateStatus::unknown;
}

}  // namespace

std::string_view to_string(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::good:
      return "good";
    case CertificateStatus::revoked:
      return "revoked";
    case CertificateStatus::unknown:
      return "unknown";
  }
  return {};
}

core::Result<OcspQuestion> OcspQuestion::create(const X509 *certificate, const X509 *issuer,
                                                bool nonce) {
  OcspQuestion question;
  question.request_.reset(OCSP_REQUEST_new());
  question.issuer_.reset(X509_dup(issuer));
  CertIdPtr id(OCSP_cert_to_id(nullptr, certificate, issuer));
  if (!question.request_ || !question.issuer_ || !id) return crypto_error("no OCSP request");
  if (OCSP_request_add0_id(question.request_.get(), id.get()) == nullptr) {
    return crypto_error("no OCSP request");
  }
  static_cast<void>(id.release());  // the request's now
  if (nonce && OCSP_request_add1_nonce(question.request_.get(), nullptr, -1) != 1) {
    return crypto_error("no nonce for an OCSP request");
  }
  unsigned char *der = nullptr;
  const int size = i2d_OCSP_REQUEST(question.request_.get(), &der);
  const OpensslBytesPtr bytes(der);
  if (size <= 0) return crypto_error("no OCSP request");
  question.der_.assign(der, der + size);
  return question;
}

const OCSP_CERTID *OcspQuestion::id() const {
  return OCSP_onereq_get0_id(OCSP_request_onereq_get0(request_.get(), 0));
}

core::Result<OcspAnswer> OcspQuestion::check(std::span<const std::uint8_t> response, bool verify,
                                             core::UnixTime now) const {
  auto basic = parse(response);
  if (!basic) return std::move(basic).error();
  const int nonce = OCSP_check_nonce(request_.get(), basic->get());
  if (nonce == 0) return bad_response("the nonce of the OCSP response is not that of the request");
  if (verify) {
    if (auto checked = check_signature(basic->get()); !checked) return std::move(checked).error();
  }
  auto answer = read_status(basic->get(), now);
  if (answer) answer->without_nonce = nonce < 0;
  return answer;
}

/// With the issuer as the only anchor: it signs itself, or whom it has certified as a responder.
core::Status OcspQuestion::check_signature(OCSP_BASICRESP *basic) const {
  const X509StorePtr anchor(X509_STORE_new());
  if (!anchor || X509_STORE_add_cert(anchor.get(), issuer_.get()) != 1 ||
      X509_STORE_set_flags(anchor.get(), X509_V_FLAG_PARTIAL_CHAIN) != 1) {
    return crypto_error("cannot check the signature of an OCSP response");
  }
  const X509StackPtr candidates(sk_X509_new_null());
  if (!candidates || X509_add_cert(candidates.get(), issuer_.get(), X509_ADD_FLAG_UP_REF) != 1) {
    return crypto_error("cannot check the signature of an OCSP response");
  }
  // An issuer that signs itself need not send its certificate along.
  if (OCSP_basic_verify(basic, candidates.get(), anchor.get(), 0) == 1) return core::success();
  return core::Error{core::Errc::unusable,
                     "the OCSP response is not signed by the issuer or a responder it certified",
                     to_line(take_errors())};
}

core::Result<OcspAnswer> OcspQuestion::read_status(OCSP_BASICRESP *basic,
                                                   core::UnixTime now) const {
  OcspAnswer answer;
  int status = 0;
  int reason = -1;
  ASN1_GENERALIZEDTIME *revoked = nullptr;
  ASN1_GENERALIZEDTIME *begin = nullptr;
  ASN1_GENERALIZEDTIME *end = nullptr;
  // The library takes no const here, and changes nothing.
  auto *wanted = const_cast<OCSP_CERTID *>(id());
  if (OCSP_resp_find_status(basic, wanted, &status, &reason, &revoked, &begin, &end) != 1) {
    return bad_response("the OCSP response says nothing of the certificate");
  }
  const core::UnixTime this_update = unix_time(begin, now);
  if (this_update > now + kSlack) return bad_response("the OCSP response is not valid yet");
  if (end != nullptr) {
    answer.times.next_update = unix_time(end, now);
    if (*answer.times.next_update < now - kSlack) return bad_response("the OCSP response is old");
    if (*answer.times.next_update < this_update) {
      return bad_response("the OCSP response ends before it begins");
    }
  }
  answer.status = status_of(status);
  answer.made = this_update;
  answer.times.obtained = now;
  if (reason >= 0) answer.revocation_reason = OCSP_crl_reason_str(reason);
  return answer;
}

std::vector<std::string> responder_urls(const X509 *certificate) {
  // The library takes no const here, and changes nothing.
  const std::unique_ptr<STACK_OF(OPENSSL_STRING), FreeStrings> list(
      X509_get1_ocsp(const_cast<X509 *>(certificate)));
  const int count = std::max(sk_OPENSSL_STRING_num(list.get()), 0);
  std::vector<std::string> urls;
  urls.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; i++) {
    urls.emplace_back(sk_OPENSSL_STRING_value(list.get(), i));
  }
  return urls;
}

}  // namespace mod_tls::ossl
