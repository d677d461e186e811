// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/sscn.h"

#include <string>
#include <vector>

#include "CppUTest/TestHarness.h"
#include "words.h"

using namespace mod_tls::core;
using mod_tls::test::split_words;

namespace {

constexpr SecurityState kClear{.engine = true, .logged_in = true};
constexpr SecurityState kServer{
    .engine = true, .mechanism = true, .control_protected = true, .logged_in = true};
constexpr SecurityState kClient{.engine = true,
                                .mechanism = true,
                                .control_protected = true,
                                .logged_in = true,
                                .sscn_client = true};
constexpr SecurityState kCcc{
    .engine = true, .mechanism = true, .control_cleared = true, .logged_in = true};

constexpr SecurityRules kPlain{};
constexpr SecurityRules kLimited{.required = {}, .limit_denies = true};

struct Row {
  const char *words;
  const SecurityState &state;
  const SecurityRules &rules;
  Effect effect;
  int code;
  const char *text;
  const char *log;
};

constexpr const char *kInvalid = "SSCN: Invalid argument";
constexpr const char *kAsClient = "SSCN:CLIENT METHOD";
constexpr const char *kAsServer = "SSCN:SERVER METHOD";

const Row kRows[] = {
    {"ON", kClear, kPlain, Effect::decline, 0, "", ""},
    {"", kServer, kPlain, Effect::none, 200, kAsServer, ""},
    {"", kClient, kPlain, Effect::none, 200, kAsClient, ""},
    {"ON", kServer, kPlain, Effect::become_data_client, 200, kAsClient, ""},
    {"ON", kClient, kPlain, Effect::become_data_client, 200, kAsClient, ""},
    {"ON", kCcc, kPlain, Effect::become_data_client, 200, kAsClient, ""},
    {"OFF", kClient, kPlain, Effect::become_data_server, 200, kAsServer, ""},
    {"on", kServer, kPlain, Effect::none, 501, kInvalid,
     "denying unsupported SSCN command: 'SSCN on'"},
    {"ONE", kServer, kPlain, Effect::none, 501, kInvalid,
     "denying unsupported SSCN command: 'SSCN ONE'"},
    {"ON OFF", kServer, kPlain, Effect::none, 504, kInvalid,
     "denying malformed SSCN command: 'SSCN ON OFF'"},
    {"ON OFF", kServer, kLimited, Effect::none, 504, kInvalid,
     "denying malformed SSCN command: 'SSCN ON OFF'"},
    {"ON", kServer, kLimited, Effect::none, 550, "SSCN: Operation not permitted",
     "SSCN denied by <Limit> configuration"},
    {"", kServer, kLimited, Effect::none, 550, "SSCN: Operation not permitted",
     "SSCN denied by <Limit> configuration"},
};

}  // namespace

TEST_GROUP(Sscn){};

TEST(Sscn, IsAnsweredByItsWordsAndTheState) {
  for (const Row &row : kRows) {
    const auto words = split_words(row.words);
    const Decision decision = decide_sscn(row.state, row.rules, words);
    CHECK_TRUE_TEXT(decision.effect == row.effect, row.words);
    CHECK_EQUAL_TEXT(row.code, decision.code, row.words);
    STRCMP_EQUAL_TEXT(row.text, decision.text.c_str(), row.words);
    STRCMP_EQUAL_TEXT(row.log, decision.log.c_str(), row.words);
  }
}

TEST(Sscn, OnlyFilesAreMovedAsATlsClient) {
  for (const char *verb : {"APPE", "RETR", "STOR", "STOU"}) {
    CHECK_TRUE_TEXT(data_end(verb, true) == TlsEnd::client, verb);
    CHECK_TRUE_TEXT(data_end(verb, false) == TlsEnd::server, verb);
  }
  for (const char *verb : {"LIST", "MLSD", "NLST", "STAT", "", "SITE"}) {
    CHECK_TRUE_TEXT(data_end(verb, true) == TlsEnd::server, verb);
  }
}

TEST(Sscn, TheValuesOfTLSVerifyServerAreModes) {
  CHECK_TRUE(verify_server_mode("off") == VerifyServer::off);
  CHECK_TRUE(verify_server_mode("on") == VerifyServer::on);
  CHECK_TRUE(verify_server_mode("NoReverseDNS") == VerifyServer::no_reverse_dns);
}

TEST(Sscn, Q2NamesOfTheOtherServerCountAsTheModeSays) {
  struct {
    VerifyServer mode;
    bool address;
    bool host;
    bool accepted;
  } const rows[] = {
      {VerifyServer::on, false, false, false},
      {VerifyServer::on, true, false, true},
      {VerifyServer::on, false, true, true},
      {VerifyServer::no_reverse_dns, false, false, false},
      {VerifyServer::no_reverse_dns, true, false, true},
      {VerifyServer::no_reverse_dns, false, true, false},
      {VerifyServer::off, false, false, true},
  };
  for (const auto &row : rows) {
    CHECK_EQUAL(row.accepted, peer_server_accepted(row.mode, {row.address, row.host}));
  }
}
