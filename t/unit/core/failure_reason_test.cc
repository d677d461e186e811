// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/failure_reason.h"

#include <algorithm>
#include <set>

#include "CppUTest/TestHarness.h"
#include "core/clear_channel.h"
#include "core/control_security.h"
#include "core/required_gate.h"
#include "core/sscn.h"
#include "words.h"

using namespace mod_tls::core;
using mod_tls::test::split_words;
using R = FailureReason;

namespace {

Decision auth(const SecurityState &state, const SecurityRules &rules) {
  return decide_auth(state, rules, split_words("TLS"));
}

void check_told(R reason, const Decision &decision) {
  const TextField fields[] = {{"{args}", "TLS"}};
  const std::string first_line = decision.log.substr(0, decision.log.find('\n'));
  STRCMP_EQUAL(failure_cause(reason, fields).c_str(), first_line.c_str());
  STRCMP_EQUAL(failure_reply(reason).c_str(), decision.text.c_str());
  STRCMP_EQUAL(std::string(failure_row(reason).code).c_str(),
               std::to_string(decision.code).c_str());
}

void check_told(R reason, const GateInput &input) {
  const GateVerdict verdict = required_gate(input);
  STRCMP_EQUAL(failure_reply(reason).c_str(), std::string(verdict.text).c_str());
  STRCMP_EQUAL(std::string(failure_row(reason).code).c_str(), std::to_string(verdict.code).c_str());
}

constexpr SecurityState kStart{.engine = true};
constexpr SecurityRules kRules{.required = {}, .has_credentials = true};

}  // namespace

TEST_GROUP(FailureReason){};

TEST(FailureReason, TheTableHasEveryReasonInItsPlace) {
  for (std::size_t i = 0; i < failure_table().size(); i++) {
    UNSIGNED_LONGS_EQUAL(i, static_cast<std::size_t>(failure_table()[i].reason));
  }
  UNSIGNED_LONGS_EQUAL(static_cast<std::size_t>(R::other_server_without_certificate) + 1,
                       failure_table().size());
}

TEST(FailureReason, EveryRowIsCompleteAndOfItsOwn) {
  std::set<std::string_view> names;
  std::set<std::string_view> causes;
  for (const FailureRow &row : failure_table()) {
    CHECK_TRUE(names.insert(row.name).second);
    CHECK_TRUE(causes.insert(row.cause).second);
    CHECK_FALSE(row.remedy.empty() || row.code.empty() || row.told.empty());
    CHECK_TRUE(row.told.find('\n') == std::string_view::npos);
    CHECK_TRUE(row.cause.find('\n') == std::string_view::npos);
  }
}

TEST(FailureReason, TheClientIsNotToldWhatTheConfigurationSays) {
  for (const FailureRow &row : failure_table()) {
    for (const std::string_view secret : {"{ciphers}", "{configured}", "{directory}", "{detail}"}) {
      CHECK_TRUE(row.told.find(secret) == std::string_view::npos);
    }
  }
}

TEST(FailureReason, PlaceholdersAreFilledInAndTheRemedyFollows) {
  const TextField fields[] = {{"{version}", "TLSv1\n"}};
  STRCMP_EQUAL(
      "perhaps client requested disabled TLS protocol version: TLSv1?; update the client, or name "
      "the version in TLSProtocol",
      failure_line(R::disabled_version, fields).c_str());
  STRCMP_EQUAL("TLS version TLSv1? is not allowed on this server",
               failure_reply(R::disabled_version, fields).c_str());
}

TEST(FailureReason, RefusalsOfAuthTellTheSameStory) {
  check_told(R::no_server_certificate, auth(kStart, {}));
  check_told(R::second_auth, auth({.engine = true, .control_protected = true}, kRules));
  check_told(R::auth_after_ccc, auth({.engine = true, .control_cleared = true}, kRules));
  check_told(R::auth_after_login, auth({.engine = true, .logged_in = true}, kRules));
  check_told(R::auth_during_transfer, auth({.engine = true, .transferring = true}, kRules));
}

TEST(FailureReason, RefusalsOfProtTellTheSameStory) {
  const SecurityState state{.engine = true, .mechanism = true, .control_protected = true};
  SecurityRules rules = kRules;
  rules.required.data = DataRule::required;
  check_told(R::clear_data_refused, decide_prot(state, rules, split_words("C")));
  rules.required.data = DataRule::refused;
  check_told(R::private_data_refused, decide_prot(state, rules, split_words("P")));
}

TEST(FailureReason, EveryRefusalOfACommandHasAReason) {
  const SecurityState tls{.engine = true, .mechanism = true, .control_protected = true};
  const SecurityState clear{.engine = true, .mechanism = true};
  const SecurityState busy{
      .engine = true, .mechanism = true, .control_protected = true, .transferring = true};
  const SecurityRules limited{.required = {}, .has_credentials = true, .limit_denies = true};
  const Decision refused[] = {decide_auth(kStart, kRules, {}),
                              decide_auth(kStart, kRules, split_words("GSSAPI")),
                              decide_pbsz(tls, {}),
                              decide_pbsz(clear, split_words("0")),
                              decide_prot(tls, kRules, split_words("P P")),
                              decide_prot(clear, kRules, split_words("P")),
                              decide_prot(busy, kRules, split_words("P")),
                              decide_prot(tls, limited, split_words("P")),
                              decide_prot(tls, kRules, split_words("S")),
                              decide_prot(tls, kRules, split_words("p")),
                              decide_ccc(clear, kRules, {}),
                              decide_ccc(busy, kRules, {}),
                              decide_ccc(tls, limited, {}),
                              decide_sscn(tls, kRules, split_words("ON OFF")),
                              decide_sscn(tls, limited, split_words("ON")),
                              decide_sscn(tls, kRules, split_words("on"))};
  for (const Decision &decision : refused) {
    CHECK_TRUE(decision.code >= 400);
    CHECK_FALSE(decision.text.empty() || decision.log.empty());
    CHECK_TRUE(decision.trace.starts_with(decision.log + "; "));
    CHECK_TRUE(decision.trace.find('{') == std::string::npos);
  }
}

TEST(FailureReason, LongWordsOfClientsAreCut) {
  const SecurityState tls{.engine = true, .mechanism = true, .control_protected = true};
  const std::string word(8000, 'x');
  const std::string_view words[] = {word};
  for (const Decision &decision : {decide_prot(tls, kRules, words), decide_sscn(tls, kRules, words),
                                   decide_auth(kStart, {}, words)}) {
    CHECK_TRUE(decision.text.size() < 512 && decision.log.size() < 512);
    CHECK_TRUE(decision.trace.size() < 1024);
  }
}

TEST(FailureReason, WhatIsGrantedHasNone) {
  const SecurityState tls{.engine = true, .mechanism = true, .control_protected = true};
  CHECK_TRUE(decide_prot(tls, kRules, split_words("P")).trace.empty());
  CHECK_TRUE(auth(kStart, kRules).trace.empty());
  CHECK_TRUE(decide_sscn(tls, kRules, {}).trace.empty());
}

TEST(FailureReason, RefusalsOfTlsRequiredTellTheSameStory) {
  check_told(R::login_in_clear, {.command = "USER", .server = {.auth = true}, .directory = {}});
  check_told(R::command_in_clear, {.command = "CWD", .server = {.control = true}, .directory = {}});
  const RequiredPolicy data{.data = DataRule::required};
  check_told(R::data_in_clear, {.command = "RETR", .server = data, .directory = {}});
  check_told(R::directory_data_in_clear, {.command = "RETR", .server = {}, .directory = data});
}
