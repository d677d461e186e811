// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/clear_channel.h"

#include <string>
#include <vector>

#include "CppUTest/TestHarness.h"
#include "core/failure_reason.h"

using namespace mod_tls::core;

namespace {

constexpr SecurityState kOff{};
constexpr SecurityState kClear{.engine = true, .logged_in = true};
constexpr SecurityState kTls{
    .engine = true, .mechanism = true, .control_protected = true, .logged_in = true};
constexpr SecurityState kCcc{
    .engine = true, .mechanism = true, .control_cleared = true, .logged_in = true};
constexpr SecurityState kBusy{.engine = true,
                              .mechanism = true,
                              .control_protected = true,
                              .logged_in = true,
                              .transferring = true};

constexpr SecurityRules kPlain{};
constexpr SecurityRules kFirewall{.required = {.auth = true, .data = DataRule::required}};
constexpr SecurityRules kControl{.required = {.auth = true, .control = true}};
constexpr SecurityRules kLimited{.required = {}, .limit_denies = true};

struct Row {
  const SecurityState &state;
  const SecurityRules &rules;
  Effect effect;
  int code;
  const char *text;
  const char *log;
};

constexpr const char *kUnwilling = "Unwilling to accept security parameters";

constexpr const char *kInsecure = "CCC not allowed on insecure control connection";

const Row kRows[] = {
    {kOff, kPlain, Effect::decline, 0, "", ""},
    {kClear, kPlain, Effect::decline, 0, "", ""},
    {kCcc, kPlain, Effect::none, 533, kInsecure, kInsecure},
    {kCcc, kControl, Effect::none, 533, kInsecure, kInsecure},
    {kBusy, kPlain, Effect::none, 503, "CCC not allowed during a transfer",
     "CCC not allowed while a data transfer is in progress"},
    {kTls, kControl, Effect::none, 534, kUnwilling,
     "CCC: unwilling to accept security parameters: TLSRequired setting does not allow for "
     "unprotected control channel"},
    {kTls, kLimited, Effect::none, 534, kUnwilling, "CCC: unwilling to accept security parameters"},
    {kTls, kFirewall, Effect::clear_control, 200, "Clearing control channel protection",
     "received CCC, clearing control channel protection"},
    {kTls, kPlain, Effect::clear_control, 200, "Clearing control channel protection",
     "received CCC, clearing control channel protection"},
};

std::vector<std::byte> record(std::size_t body) {
  std::vector<std::byte> bytes(5 + body);
  bytes[0] = std::byte{23};
  bytes[1] = bytes[2] = std::byte{3};
  bytes[3] = static_cast<std::byte>(body >> 8);
  bytes[4] = static_cast<std::byte>(body & 0xff);
  return bytes;
}

}  // namespace

TEST_GROUP(ClearChannel){};

TEST(ClearChannel, CccIsAnsweredByWhatTheSessionAndThePolicyAre) {
  for (const Row &row : kRows) {
    const Decision decision = decide_ccc(row.state, row.rules, {});
    CHECK_TRUE_TEXT(decision.effect == row.effect, row.text);
    CHECK_EQUAL(row.code, decision.code);
    STRCMP_EQUAL(row.text, decision.text.c_str());
    STRCMP_EQUAL(row.log, decision.log.c_str());
  }
}

TEST(ClearChannel, RefusalsAreThoseOfTheTableOfReasons) {
  const std::pair<Decision, FailureReason> pairs[] = {
      {decide_ccc(kTls, kControl, {}), FailureReason::ccc_refused},
      {decide_ccc(kBusy, kPlain, {}), FailureReason::ccc_during_transfer},
  };
  for (const auto &[decision, reason] : pairs) {
    STRCMP_EQUAL(failure_cause(reason).c_str(), decision.log.c_str());
    STRCMP_EQUAL(failure_reply(reason).c_str(), decision.text.c_str());
  }
}

TEST(ClearChannel, ArgumentsOfCccDoNotMatter) {
  const std::string_view words[] = {"now", "please"};
  CHECK_EQUAL(200, decide_ccc(kTls, kPlain, words).code);
  CHECK_EQUAL(534, decide_ccc(kTls, kControl, words).code);
}

TEST(ClearChannel, ContentTypesOfTlsBeginARecord) {
  for (const int type : {20, 21, 22, 23}) CHECK_TRUE(starts_tls_record(std::byte(type)));
}

TEST(ClearChannel, WhatCommandsBeginWithDoesNot) {
  for (const char *line : {"NOOP", "pwd", " X", "\r\n", "\n", "\xff\xf4\xf2", "1"}) {
    CHECK_FALSE(starts_tls_record(std::byte(line[0])));
  }
  CHECK_FALSE(starts_tls_record(std::byte{19}));
  CHECK_FALSE(starts_tls_record(std::byte{24}));
  CHECK_FALSE(starts_tls_record(std::byte{0}));
}

TEST_GROUP(RecordBoundary){};

TEST(RecordBoundary, AStreamBeginsAtOne) {
  CHECK_TRUE(RecordBoundary{}.at_start());
}

TEST(RecordBoundary, IsThereAfterWholeRecordsHoweverTheyArePassed) {
  for (const std::size_t body : {0UL, 1UL, 26UL, 255UL, 256UL, 16640UL}) {
    RecordBoundary boundary;
    boundary.pass(record(body));
    CHECK_TRUE(boundary.at_start());
    for (const std::byte b : record(body)) boundary.pass({&b, 1});
    CHECK_TRUE(boundary.at_start());
  }
}

TEST(RecordBoundary, IsNotThereInsideARecord) {
  for (const std::size_t body : {1UL, 300UL}) {
    const auto bytes = record(body);
    RecordBoundary boundary;
    for (std::size_t i = 0; i + 1 < bytes.size(); i++) {
      boundary.pass({&bytes[i], 1});
      CHECK_FALSE(boundary.at_start());
    }
    boundary.pass({&bytes.back(), 1});
    CHECK_TRUE(boundary.at_start());
  }
}

TEST(RecordBoundary, IsFoundAcrossSeveralRecordsInOnePiece) {
  std::vector<std::byte> bytes = record(10);
  const auto next = record(20);
  bytes.insert(bytes.end(), next.begin(), next.end() - 1);
  RecordBoundary boundary;
  boundary.pass(bytes);
  CHECK_FALSE(boundary.at_start());
  boundary.pass({&next.back(), 1});
  CHECK_TRUE(boundary.at_start());
}
