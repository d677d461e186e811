// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/ocsp_policy.h"

#include "config_line.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;
using mod_tls::test::parse_line;

namespace {

struct Form {
  const char *line;
  const char *shown;
};

constexpr Form kValid[] = {
    {"TLSVerifyOCSP hard", "hard timeout 5"},
    {"TLSVerifyOCSP Soft", "soft timeout 5"},
    {"TLSVerifyOCSP strict timeout 60", "strict timeout 60"},
    {"TLSVerifyOCSP hard TIMEOUT 1min", "hard timeout 60"},
};

constexpr Form kInvalid[] = {
    {"TLSVerifyOCSP maybe", "unknown demand 'maybe' (allowed: hard, soft, strict)"},
    {"TLSVerifyOCSP on", "unknown demand 'on'"},
    {"TLSVerifyOCSP hard timeout", "wrong number of parameters"},
    {"TLSVerifyOCSP hard timeout 3 soft", "wrong number of parameters"},
    {"TLSVerifyOCSP hard wait 3", "unknown parameter 'wait' (allowed: timeout duration)"},
    {"TLSVerifyOCSP hard timeout soon", "error parsing timeout value 'soon'"},
    {"TLSVerifyOCSP hard timeout 0", "error parsing timeout value '0' (allowed: 1 to 60 seconds)"},
    {"TLSVerifyOCSP hard timeout 61", "error parsing timeout value '61'"},
    {"TLSVerifyOCSP hard timeout -1", "error parsing timeout value '-1'"},
};

struct Judged {
  OcspOutcome outcome;
  OcspVerdict hard;
  OcspVerdict soft;
  OcspVerdict strict;
};

using V = OcspVerdict;
constexpr Judged kJudged[] = {
    {OcspOutcome::good, V::accepted, V::accepted, V::accepted},
    {OcspOutcome::revoked, V::revoked, V::revoked, V::revoked},
    {OcspOutcome::unknown, V::unknown, V::unknown, V::unknown},
    {OcspOutcome::unanswered, V::unanswered, V::accepted, V::unanswered},
    {OcspOutcome::no_responder, V::accepted, V::accepted, V::unanswered},
};

}  // namespace

TEST_GROUP(OcspPolicy){};

TEST(OcspPolicy, WhatIsDocumentedIsTaken) {
  for (const Form &form : kValid) {
    const auto value = parse_line(form.line);
    CHECK_TRUE_TEXT(value.ok(), form.line);
    STRCMP_EQUAL(form.shown, to_string(std::get<OcspPolicy>(*value)).c_str());
  }
}

TEST(OcspPolicy, OtherFormsAreRefused) {
  for (const Form &form : kInvalid) check_refused(parse_line(form.line), form.shown, form.line);
}

TEST(OcspPolicy, WhatEachDemandMakesOfEachOutcome) {
  for (const Judged &row : kJudged) {
    CHECK_TRUE(row.hard == judge_ocsp(OcspDemand::hard, row.outcome));
    CHECK_TRUE(row.soft == judge_ocsp(OcspDemand::soft, row.outcome));
    CHECK_TRUE(row.strict == judge_ocsp(OcspDemand::strict, row.outcome));
  }
}

TEST(OcspPolicy, AnAnswerWithoutEndOrNonceIsGoodForADay) {
  constexpr UnixTime kNow = 1'000'000;
  CHECK_TRUE(answer_counts(kNow - 86400, false, false, kNow));
  CHECK_FALSE(answer_counts(kNow - 86401, false, false, kNow));
  CHECK_TRUE(answer_counts(0, true, false, kNow));
  CHECK_TRUE(answer_counts(0, false, true, kNow));
}
