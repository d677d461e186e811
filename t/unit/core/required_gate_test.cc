// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/required_gate.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "CppUTest/TestHarness.h"

using mod_tls::core::DataRule;
using mod_tls::core::GateInput;
using mod_tls::core::GateReason;
using mod_tls::core::GateVerdict;
using mod_tls::core::is_data_command;
using mod_tls::core::login_must_end;
using mod_tls::core::required_gate;
using mod_tls::core::RequiredPolicy;

namespace {

constexpr DataRule kAny = DataRule::allowed;
constexpr DataRule kMust = DataRule::required;
constexpr DataRule kNot = DataRule::refused;

// The truth table. A cell has one letter for each kind of command:
//   1 exempt   2 authentication   3 data   4 any other
//   5 data, aimed at a directory that demands protection
// and the letter says what becomes of it:
//   . allowed      A 550 for authentication      C 550 for the control channel
//   D 522 of the server                          d 522 of the directory
//
// The columns are the states of a session. While the control channel is in the clear:
//   not logged in / not logged in, AllowPerUser / logged in / logged in, AllowPerUser
// and then the same four with the control channel protected.
constexpr std::size_t kStates = 8;

struct TruthRow {
  const char *value;
  RequiredPolicy policy;
  std::array<const char *, kStates> cells;
};

// clang-format off
constexpr TruthRow kDataClear[] = {
    {"on",        {true, true, kMust},   {".ACCC", "..D.D", ".ACCC", ".CCCC",
                                          "..D.D", "..D.D", "..D.D", "..D.D"}},
    {"off",       {false, false, kAny},  {"....d", "....d", "....d", "....d",
                                          "....d", "....d", "....d", "....d"}},
    {"ctrl",      {true, true, kAny},    {".ACCC", "....d", ".ACCC", ".CCCC",
                                          "....d", "....d", "....d", "....d"}},
    {"data",      {false, false, kMust}, {"..D.D", "..D.D", "..D.D", "..D.D",
                                          "..D.D", "..D.D", "..D.D", "..D.D"}},
    {"!data",     {false, false, kNot},  {"....d", "....d", "....d", "....d",
                                          "....d", "....d", "....d", "....d"}},
    {"ctrl+!data", {true, true, kNot},   {".ACCC", "....d", ".ACCC", ".CCCC",
                                          "....d", "....d", "....d", "....d"}},
    {"auth",      {true, false, kAny},   {".A..d", "....d", ".A..d", "....d",
                                          "....d", "....d", "....d", "....d"}},
    {"auth+data", {true, false, kMust},  {".AD.D", "..D.D", ".AD.D", "..D.D",
                                          "..D.D", "..D.D", "..D.D", "..D.D"}},
    {"auth+!data", {true, false, kNot},  {".A..d", "....d", ".A..d", "....d",
                                          "....d", "....d", "....d", "....d"}},
};

constexpr TruthRow kDataProtected[] = {
    {"on",        {true, true, kMust},   {".ACCC", ".....", ".ACCC", ".CCCC",
                                          ".....", ".....", ".....", "....."}},
    {"off",       {false, false, kAny},  {".....", ".....", ".....", ".....",
                                          ".....", ".....", ".....", "....."}},
    {"ctrl",      {true, true, kAny},    {".ACCC", ".....", ".ACCC", ".CCCC",
                                          ".....", ".....", ".....", "....."}},
    {"data",      {false, false, kMust}, {".....", ".....", ".....", ".....",
                                          ".....", ".....", ".....", "....."}},
    {"!data",     {false, false, kNot},  {".....", ".....", ".....", ".....",
                                          ".....", ".....", ".....", "....."}},
    {"ctrl+!data", {true, true, kNot},   {".ACCC", ".....", ".ACCC", ".CCCC",
                                          ".....", ".....", ".....", "....."}},
    {"auth",      {true, false, kAny},   {".A...", ".....", ".A...", ".....",
                                          ".....", ".....", ".....", "....."}},
    {"auth+data", {true, false, kMust},  {".A...", ".....", ".A...", ".....",
                                          ".....", ".....", ".....", "....."}},
    {"auth+!data", {true, false, kNot},  {".A...", ".....", ".A...", ".....",
                                          ".....", ".....", ".....", "....."}},
};
// clang-format on

struct Kind {
  std::size_t letter;            ///< In a cell, as a rule.
  std::size_t letter_in_secret;  ///< In a cell, where the directory demands protection.
  std::vector<std::string_view> commands;
};

std::vector<Kind> kinds() {
  return {{0, 0, {"SYST", "AUTH", "FEAT", "HOST", "CLNT", "QUIT"}},
          {1, 1, {"USER", "PASS", "ACCT"}},
          {2, 4, {"APPE", "LIST", "MLSD", "NLST", "RETR", "STOR", "STOU"}},
          {3, 3, {"PBSZ", "PROT", "CCC",  "SSCN", "NOOP", "HELP", "LANG", "OPTS",
                  "SITE", "PASV", "EPSV", "PORT", "EPRT", "STAT", "MLST", "MFMT",
                  "REST", "ALLO", "CWD",  "ABOR", "RNFR", "DELE", "XYZZY"}}};
}

struct Meaning {
  char letter;
  GateReason reason;
  int code;
  const char *text;
};

constexpr Meaning kMeanings[] = {
    {'.', GateReason::allowed, 0, ""},
    {'A', GateReason::authentication, 550, "SSL/TLS required on the control channel"},
    {'C', GateReason::control, 550, "SSL/TLS required on the control channel"},
    {'D', GateReason::data, 522, "SSL/TLS required on the data channel"},
    {'d', GateReason::directory_data, 522, "SSL/TLS required on the data channel"},
};

void check_verdict(char letter, const GateVerdict &verdict, const std::string &where) {
  const auto *meaning = std::ranges::find(kMeanings, letter, &Meaning::letter);
  CHECK_TEXT(meaning != std::end(kMeanings), where.c_str());
  CHECK_TEXT(meaning->reason == verdict.reason, where.c_str());
  CHECK_EQUAL_TEXT(meaning->code, verdict.code, where.c_str());
  STRCMP_EQUAL_TEXT(meaning->text, std::string(verdict.text).c_str(), where.c_str());
  CHECK_EQUAL_TEXT(letter == '.', verdict.allowed(), where.c_str());
}

void check_cell(const TruthRow &row, const GateInput &state, const char *cell) {
  const std::optional<RequiredPolicy> directories[] = {
      {},
      RequiredPolicy{.data = kAny},
      RequiredPolicy{.data = kNot},
      RequiredPolicy{.data = kMust},
      // Only the data component means anything in a directory.
      RequiredPolicy{.auth = true, .control = true}};
  for (const auto &directory : directories) {
    const bool secret = directory && directory->data == kMust;
    for (const Kind &kind : kinds()) {
      for (const std::string_view command : kind.commands) {
        GateInput input = state;
        input.command = command;
        input.directory = directory;
        const std::string where = std::string(row.value) + " " + std::string(command);
        check_verdict(cell[secret ? kind.letter_in_secret : kind.letter], required_gate(input),
                      where);
      }
    }
  }
}

void check_table(std::span<const TruthRow> table, bool data_protected) {
  for (const TruthRow &row : table) {
    for (std::size_t state = 0; state < kStates; state++) {
      check_cell(row,
                 {.command = {},
                  .server = row.policy,
                  .directory = {},
                  .allow_per_user = (state & 1U) != 0,
                  .logged_in = (state & 2U) != 0,
                  .control_protected = (state & 4U) != 0,
                  .data_protected = data_protected},
                 row.cells[state]);
    }
  }
}

GateInput clear_session(std::string_view command, const RequiredPolicy &policy) {
  return {.command = command, .server = policy, .directory = {}};
}

}  // namespace

TEST_GROUP(RequiredGate){};

TEST(RequiredGate, FollowsTheTruthTableWhileDataIsInTheClear) {
  check_table(kDataClear, false);
}

TEST(RequiredGate, FollowsTheTruthTableWhileDataIsProtected) {
  check_table(kDataProtected, true);
}

TEST(RequiredGate, VerbsAreComparedAsTheyCome) {
  const RequiredPolicy on{true, true, kMust};
  CHECK(required_gate(clear_session("AUTH", on)).allowed());
  CHECK_FALSE(required_gate(clear_session("auth", on)).allowed());
  CHECK_FALSE(required_gate(clear_session("AUTHX", on)).allowed());
  CHECK_FALSE(required_gate(clear_session("AUT", on)).allowed());
  CHECK_FALSE(required_gate(clear_session("", on)).allowed());
}

TEST(RequiredGate, DirectoryDoesNotRelaxTheServer) {
  GateInput input = clear_session("RETR", {false, false, kMust});
  input.directory = RequiredPolicy{.data = kNot};
  CHECK(required_gate(input).reason == GateReason::data);
}

TEST(RequiredGate, DataCommandsAreTheSevenThatMoveFiles) {
  for (const char *command : {"APPE", "LIST", "MLSD", "NLST", "RETR", "STOR", "STOU"}) {
    CHECK_TEXT(is_data_command(command), command);
  }
  for (const char *command : {"PASV", "EPSV", "PORT", "EPRT", "STAT", "MLST", "SITE", "retr", ""}) {
    CHECK_FALSE_TEXT(is_data_command(command), command);
  }
}

TEST(RequiredGate, LoginEndsWhereTheNewPolicyAsksForWhatIsNotThere) {
  CHECK(login_must_end({true, false, kAny}, false));
  CHECK(login_must_end({false, true, kAny}, false));
  CHECK(login_must_end({true, true, kMust}, false));
}

TEST(RequiredGate, LoginStaysWhereThePolicyIsMetOrIsAboutData) {
  CHECK_FALSE(login_must_end({true, true, kMust}, true));
  CHECK_FALSE(login_must_end({false, false, kAny}, false));
  CHECK_FALSE(login_must_end({false, false, kMust}, false));
  CHECK_FALSE(login_must_end({false, false, kNot}, false));
}
