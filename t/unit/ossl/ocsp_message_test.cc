// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/ocsp_message.h"

#include <openssl/x509v3.h>

#include <ctime>

#include "CppUTest/TestHarness.h"
#include "ocsp_answers.h"
#include "test_pki.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

namespace {

using Bytes = std::vector<std::uint8_t>;
using test::Saying;

}  // namespace

TEST_GROUP(OcspMessage) {
  ossl::EvpPkeyPtr ca_key = test::make_ec_key();
  ossl::X509Ptr ca = test::make_certificate(ca_key.get(), {.name = "CA", .authority = true});
  test::Issuer issuer{ca.get(), ca_key.get()};
  ossl::EvpPkeyPtr key = test::make_ec_key();
  ossl::X509Ptr certificate = test::make_certificate(key.get(), {.issuer = &issuer});
  const core::UnixTime now = std::time(nullptr);

  ossl::OcspQuestion question(bool nonce = true) {
    return std::move(*ossl::OcspQuestion::create(certificate.get(), ca.get(), nonce));
  }

  Bytes answer(const ossl::OcspQuestion &asked, const Saying &saying, X509 *signer,
               EVP_PKEY *signer_key, const X509 *about = nullptr) {
    const X509 *subject = about != nullptr ? about : certificate.get();
    return test::make_ocsp_answer(asked.der(), {subject, ca.get()}, {signer, signer_key}, saying);
  }

  Bytes answer(const ossl::OcspQuestion &asked, const Saying &saying = {}) {
    return answer(asked, saying, ca.get(), ca_key.get());
  }

  void check_bad(const ossl::OcspQuestion &asked, const Bytes &response, const char *start) {
    const auto result = asked.check(response, true, now);
    CHECK_FALSE_TEXT(result.ok(), start);
    STRCMP_CONTAINS(start, result.error().message.c_str());
  }
};

TEST(OcspMessage, AGoodAnswerIsTakenWithItsTimes) {
  const auto asked = question();
  const auto result = asked.check(answer(asked), true, now);
  CHECK_TRUE(result.ok());
  CHECK_TRUE(result->status == ossl::CertificateStatus::good);
  CHECK_FALSE(result->without_nonce);
  LONGS_EQUAL(now + 3600, *result->times.next_update);
  LONGS_EQUAL(now, result->times.obtained);
  LONGS_EQUAL(now - 60, result->made);
}

TEST(OcspMessage, RevokedAndUnknownAreAnswers) {
  const auto asked = question();
  const auto revoked = asked.check(answer(asked, {.status = V_OCSP_CERTSTATUS_REVOKED}), true, now);
  CHECK_TRUE(revoked->status == ossl::CertificateStatus::revoked);
  STRCMP_EQUAL("keyCompromise", revoked->revocation_reason.c_str());
  const auto unknown = asked.check(answer(asked, {.status = V_OCSP_CERTSTATUS_UNKNOWN}), true, now);
  CHECK_TRUE(unknown->status == ossl::CertificateStatus::unknown);
}

TEST(OcspMessage, AResponderCertifiedByTheIssuerMaySign) {
  const auto asked = question();
  const auto delegate_key = test::make_ec_key();
  const auto delegate =
      test::make_certificate(delegate_key.get(), {.name = "d", .issuer = &issuer});
  check_bad(asked, answer(asked, {}, delegate.get(), delegate_key.get()), "is not signed by");
  test::extend(delegate.get(), NID_ext_key_usage, "OCSPSigning", ca_key.get());
  CHECK_TRUE(asked.check(answer(asked, {}, delegate.get(), delegate_key.get()), true, now).ok());
}

TEST(OcspMessage, TheIssuerNeedNotSendItsOwnCertificate) {
  const auto asked = question();
  CHECK_TRUE(asked.check(answer(asked, {.with_certificate = false}), true, now).ok());
  const auto other_key = test::make_ec_key();
  const auto other = test::make_certificate(other_key.get(), {.name = "CA", .authority = true});
  check_bad(asked, answer(asked, {.with_certificate = false}, other.get(), other_key.get()),
            "is not signed by");
}

TEST(OcspMessage, OthersMayNotSign) {
  const auto asked = question();
  const auto other_key = test::make_ec_key();
  const auto other = test::make_certificate(other_key.get(), {.name = "CA", .authority = true});
  const Bytes response = answer(asked, {}, other.get(), other_key.get());
  check_bad(asked, response, "is not signed by");
  CHECK_TRUE(asked.check(response, false, now).ok());
}

TEST(OcspMessage, TimesCount) {
  const auto asked = question();
  check_bad(asked, answer(asked, {.begins = 600, .ends = 1200}), "is not valid yet");
  check_bad(asked, answer(asked, {.begins = -1200, .ends = -600}), "is old");
  CHECK_TRUE(asked.check(answer(asked, {.begins = -1200, .ends = -200}), true, now).ok());
  CHECK_TRUE(asked.check(answer(asked, {.begins = 200}), true, now).ok());
  const auto endless = asked.check(answer(asked, {.with_end = false}), true, now);
  CHECK_TRUE(endless.ok());
  CHECK_FALSE(endless->times.next_update.has_value());
}

TEST(OcspMessage, TheNonceMustBeOurs) {
  const auto asked = question();
  check_bad(question(), answer(asked), "the nonce of the OCSP response");
  const auto without = asked.check(answer(asked, {.echo_nonce = false}), true, now);
  CHECK_TRUE(without.ok());
  CHECK_TRUE(without->without_nonce);
  const auto plain = question(false);
  CHECK_FALSE(plain.check(answer(plain), true, now)->without_nonce);
}

TEST(OcspMessage, AnAnswerAboutAnotherCertificateIsNone) {
  const auto asked = question();
  const auto other = test::make_certificate(key.get(), {.name = "other", .issuer = &issuer});
  check_bad(asked, answer(asked, {}, ca.get(), ca_key.get(), other.get()), "says nothing of");
}

TEST(OcspMessage, WhatIsNoAnswerIsRefused) {
  const auto asked = question();
  check_bad(asked, {}, "no OCSP response");
  check_bad(asked, {0x30, 0x82, 0xff, 0xff}, "no OCSP response");
  check_bad(asked, {0x30, 0x03, 0x0a, 0x01, 0x03}, "the responder says: trylater");
  check_bad(asked, {0x30, 0x03, 0x0a, 0x01, 0x00}, "no basic response");
  Bytes cut = answer(asked);
  cut.resize(cut.size() / 2);
  check_bad(asked, cut, "no OCSP response");
  Bytes more = answer(asked);
  more.push_back(0);
  check_bad(asked, more, "no OCSP response");
  Bytes flipped = answer(asked);
  flipped[flipped.size() - 300] ^= 1;
  CHECK_FALSE(asked.check(flipped, true, now).ok());
}

TEST(OcspMessage, EveryResponderThatTheCertificateNamesIsFound) {
  CHECK_TRUE(ossl::responder_urls(certificate.get()).empty());
  test::extend(certificate.get(), NID_info_access,
               "caIssuers;URI:http://a/,OCSP;URI:http://b/,OCSP;URI:https://c/", ca_key.get());
  const auto urls = ossl::responder_urls(certificate.get());
  LONGS_EQUAL(2, urls.size());
  STRCMP_EQUAL("http://b/", urls[0].c_str());
  STRCMP_EQUAL("https://c/", urls[1].c_str());
}
