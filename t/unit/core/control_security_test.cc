// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/control_security.h"

#include <algorithm>
#include <string>
#include <vector>

#include "CppUTest/TestHarness.h"

using mod_tls::core::auth_mechanisms;
using mod_tls::core::DataRule;
using mod_tls::core::decide_auth;
using mod_tls::core::decide_pbsz;
using mod_tls::core::decide_prot;
using mod_tls::core::Decision;
using mod_tls::core::Effect;
using mod_tls::core::feature_lines;
using mod_tls::core::SecurityRules;
using mod_tls::core::SecurityState;

namespace {

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

Decision decide(const SecurityState &state, const SecurityRules &rules, std::string_view line) {
  const auto words = words_of(line);
  const auto args = std::span{words}.subspan(1);
  if (words[0] == "AUTH") return decide_auth(state, rules, args);
  if (words[0] == "PBSZ") return decide_pbsz(state, args);
  return decide_prot(state, rules, args);
}

const char *effect_sign(Effect effect) {
  switch (effect) {
    case Effect::none:
      return "";
    case Effect::decline:
      return " -";
    case Effect::start_tls:
      return " tls";
    case Effect::start_tls_and_protect_data:
      return " tls+";
    case Effect::protect_data:
      return " P";
    case Effect::clear_data:
      return " C";
    case Effect::clear_control:
      return " clear";
    case Effect::become_data_client:
      return " client";
    case Effect::become_data_server:
      return " server";
  }
  return " ?";
}

/// The code and what is to be done, "234 tls"; "-" is declined without a reply.
std::string cell(const Decision &decision) {
  if (decision.code == 0 && decision.effect == Effect::decline) return "-";
  return std::to_string(decision.code) + effect_sign(decision.effect);
}

constexpr SecurityState kOff{};
constexpr SecurityState kClear{.engine = true};
constexpr SecurityState kLate{.engine = true, .logged_in = true};
constexpr SecurityState kTls{.engine = true, .mechanism = true, .control_protected = true};
constexpr SecurityState kFull{.engine = true,
                              .mechanism = true,
                              .control_protected = true,
                              .data_protected = true,
                              .logged_in = true};
constexpr SecurityState kCcc{
    .engine = true, .mechanism = true, .control_cleared = true, .logged_in = true};

constexpr SecurityState kLateBusy{.engine = true, .logged_in = true, .transferring = true};
constexpr SecurityState kFullBusy{.engine = true,
                                  .mechanism = true,
                                  .control_protected = true,
                                  .data_protected = true,
                                  .logged_in = true,
                                  .transferring = true};
constexpr SecurityState kCccBusy{.engine = true,
                                 .mechanism = true,
                                 .control_cleared = true,
                                 .logged_in = true,
                                 .transferring = true};

constexpr SecurityRules kPlain{.required = {}, .has_credentials = true};
constexpr SecurityRules kPerUser{.required = {}, .has_credentials = true, .allow_per_user = true};
constexpr SecurityRules kNoCertificate{};
constexpr SecurityRules kDataRequired{.required = {.data = DataRule::required},
                                      .has_credentials = true};
constexpr SecurityRules kDataRefused{.required = {.data = DataRule::refused},
                                     .has_credentials = true};
constexpr SecurityRules kLimited{.required = {}, .has_credentials = true, .limit_denies = true};

struct Row {
  const char *line;
  const SecurityRules &rules;
  const char *off;
  const char *clear;
  const char *late;  ///< Logged in, never protected.
  const char *tls;
  const char *full;  ///< Logged in, everything protected.
  const char *ccc;
};

// clang-format off
constexpr Row kCells[] = {
    // command       rules           off  clear       late        tls      full     after CCC
    {"AUTH",        kPlain,         "-", "504",      "504",      "503",   "503",   "504"},
    {"AUTH TLS",    kPlain,         "-", "234 tls",  "534",      "503",   "503",   "534"},
    {"AUTH TLS-C",  kPlain,         "-", "234 tls",  "534",      "503",   "503",   "534"},
    {"AUTH SSL",    kPlain,         "-", "234 tls+", "534",      "503",   "503",   "534"},
    {"AUTH TLS-P",  kPlain,         "-", "234 tls+", "534",      "503",   "503",   "534"},
    {"AUTH GSSAPI", kPlain,         "-", "504 -",    "534",      "503",   "503",   "534"},
    {"AUTH TLS",    kPerUser,       "-", "234 tls",  "234 tls",  "503",   "503",   "534"},
    {"AUTH SSL",    kPerUser,       "-", "234 tls+", "234 tls+", "503",   "503",   "534"},
    {"AUTH GSSAPI", kPerUser,       "-", "504 -",    "504 -",    "503",   "503",   "534"},
    {"AUTH",        kNoCertificate, "-", "504",      "504",      "503",   "503",   "504"},
    {"AUTH TLS",    kNoCertificate, "-", "431",      "431",      "503",   "503",   "534"},
    {"AUTH GSSAPI", kNoCertificate, "-", "431",      "431",      "503",   "503",   "534"},
    {"AUTH TLS",    kDataRefused,   "-", "234 tls",  "534",      "503",   "503",   "534"},
    {"AUTH SSL",    kDataRefused,   "-", "234 tls",  "534",      "503",   "503",   "534"},
    {"AUTH TLS-P",  kDataRefused,   "-", "234 tls",  "534",      "503",   "503",   "534"},
    {"AUTH SSL",    kDataRequired,  "-", "234 tls+", "534",      "503",   "503",   "534"},
    {"AUTH TLS",    kLimited,       "-", "234 tls",  "534",      "503",   "503",   "534"},

    {"PBSZ",        kPlain,         "-", "-",        "-",        "501",   "501",   "501"},
    {"PBSZ 0",      kPlain,         "-", "-",        "-",        "200",   "200",   "503"},
    {"PBSZ 4096",   kPlain,         "-", "-",        "-",        "200",   "200",   "503"},
    {"PBSZ 0 0",    kPlain,         "-", "-",        "-",        "501",   "501",   "501"},

    {"PROT",        kPlain,         "-", "-",        "-",        "501",   "501",   "501"},
    {"PROT C P",    kPlain,         "-", "-",        "-",        "501",   "501",   "501"},
    {"PROT C",      kPlain,         "-", "-",        "-",        "200 C", "200 C", "200 C"},
    {"PROT P",      kPlain,         "-", "-",        "-",        "200 P", "200 P", "200 P"},
    {"PROT S",      kPlain,         "-", "-",        "-",        "536",   "536",   "536"},
    {"PROT E",      kPlain,         "-", "-",        "-",        "536",   "536",   "536"},
    {"PROT p",      kPlain,         "-", "-",        "-",        "504",   "504",   "504"},
    {"PROT c",      kPlain,         "-", "-",        "-",        "504",   "504",   "504"},
    {"PROT PP",     kPlain,         "-", "-",        "-",        "504",   "504",   "504"},
    {"PROT C",      kDataRequired,  "-", "-",        "-",        "534",   "534",   "534"},
    {"PROT P",      kDataRequired,  "-", "-",        "-",        "200 P", "200 P", "200 P"},
    {"PROT C",      kDataRefused,   "-", "-",        "-",        "200 C", "200 C", "200 C"},
    {"PROT P",      kDataRefused,   "-", "-",        "-",        "534",   "534",   "534"},
    {"PROT S",      kDataRequired,  "-", "-",        "-",        "536",   "536",   "536"},
    {"PROT",        kLimited,       "-", "-",        "-",        "501",   "501",   "501"},
    {"PROT C",      kLimited,       "-", "-",        "-",        "534",   "534",   "534"},
    {"PROT P",      kLimited,       "-", "-",        "-",        "534",   "534",   "534"},
    {"PROT X",      kLimited,       "-", "-",        "-",        "534",   "534",   "534"},
};
// clang-format on

/// The same during a data transfer.
struct BusyRow {
  const char *line;
  const SecurityRules &rules;
  const char *late;
  const char *full;
  const char *ccc;
};

// clang-format off
constexpr BusyRow kBusyCells[] = {
    // command       rules           late   full   after CCC
    {"AUTH",        kPerUser,       "504", "503", "504"},
    {"AUTH TLS",    kPlain,         "503", "503", "503"},
    {"AUTH TLS",    kPerUser,       "503", "503", "503"},
    {"AUTH SSL",    kPerUser,       "503", "503", "503"},
    {"AUTH TLS-C",  kPerUser,       "503", "503", "503"},
    {"AUTH TLS-P",  kPerUser,       "503", "503", "503"},
    {"AUTH GSSAPI", kPerUser,       "503", "503", "503"},
    {"AUTH TLS",    kNoCertificate, "503", "503", "503"},
    {"AUTH TLS",    kDataRefused,   "503", "503", "503"},

    {"PBSZ",        kPlain,         "-",   "501", "501"},
    {"PBSZ 0",      kPlain,         "-",   "200", "503"},
    {"PBSZ 4096",   kPlain,         "-",   "200", "503"},

    {"PROT",        kPlain,         "-",   "501", "501"},
    {"PROT C P",    kPlain,         "-",   "501", "501"},
    {"PROT C",      kPlain,         "-",   "503", "503"},
    {"PROT P",      kPlain,         "-",   "503", "503"},
    {"PROT S",      kPlain,         "-",   "503", "503"},
    {"PROT p",      kPlain,         "-",   "503", "503"},
    {"PROT C",      kDataRequired,  "-",   "503", "503"},
    {"PROT P",      kDataRefused,   "-",   "503", "503"},
    {"PROT",        kLimited,       "-",   "501", "501"},
    {"PROT P",      kLimited,       "-",   "503", "503"},
};
// clang-format on

void check_cell(const char *expected, const SecurityState &state, const auto &row,
                const char *column) {
  const std::string where = std::string(row.line) + " in state " + column;
  STRCMP_EQUAL_TEXT(expected, cell(decide(state, row.rules, row.line)).c_str(), where.c_str());
}

struct TextRow {
  const char *line;
  const SecurityState &state;
  const SecurityRules &rules;
  const char *text;
  const char *log;
};

constexpr const char *kUnwilling = "Unwilling to accept security parameters";

constexpr TextRow kTexts[] = {
    {"AUTH TLS", kOff, kPlain, "", ""},
    {"AUTH TLS", kTls, kPlain, "Unwilling to accept second AUTH",
     "Unwilling to accept AUTH after AUTH for this session"},
    {"AUTH", kClear, kPlain, "AUTH requires at least one argument", "AUTH without a mechanism"},
    {"AUTH TLS", kCcc, kPlain, kUnwilling, "Unwilling to accept AUTH after CCC for this session"},
    {"AUTH tls now", kClear, kNoCertificate, "Necessary security resource unavailable",
     "Unable to accept AUTH tls now due to lack of certificates"},
    {"AUTH TLS", kLate, kPlain, kUnwilling,
     "Unwilling to accept AUTH after USER/PASS authentication for this session unless AllowPerUser "
     "TLSOption is used"},
    {"AUTH tls", kClear, kPlain, "AUTH TLS successful",
     "TLS/TLS-C requested, starting TLS handshake"},
    {"AUTH Tls-C and more", kClear, kPlain, "AUTH TLS-C successful",
     "TLS/TLS-C requested, starting TLS handshake"},
    {"AUTH ssl", kClear, kPlain, "AUTH SSL successful",
     "SSL/TLS-P requested, starting TLS handshake"},
    {"AUTH tls-p", kClear, kDataRefused, "AUTH TLS-P successful",
     "SSL/TLS-P requested, starting TLS handshake"},
    {"AUTH Kerberos V", kClear, kPlain,
     "AUTH Kerberos unsupported, use one of: TLS, TLS-C, SSL, TLS-P",
     "AUTH Kerberos unsupported, declining"},
    {"PBSZ", kTls, kPlain, "Invalid number of parameters",
     "PBSZ and PROT take one parameter, not 0"},
    {"PBSZ 0", kCcc, kPlain, "PBSZ not allowed on insecure control connection",
     "PBSZ not allowed on insecure control connection"},
    {"PBSZ 0", kTls, kPlain, "PBSZ 0 successful", ""},
    {"PBSZ 00", kTls, kPlain, "PBSZ=0 successful", ""},
    {"PBSZ junk", kTls, kPlain, "PBSZ=0 successful", ""},
    {"PROT P C", kTls, kPlain, "Invalid number of parameters",
     "PBSZ and PROT take one parameter, not 2"},
    {"PROT P", kTls, kLimited, kUnwilling, "PROT: denied by <Limit> configuration"},
    {"PROT C", kTls, kPlain, "Protection set to Clear", "Protection set to Clear"},
    {"PROT P", kTls, kPlain, "Protection set to Private", "Protection set to Private"},
    {"PROT C", kTls, kDataRequired, kUnwilling,
     "PROT: TLSRequired requires protection for data transfers\n"
     "PROT: unwilling to accept security parameter (C)"},
    {"PROT P", kTls, kDataRefused, kUnwilling,
     "PROT: TLSRequired does not allow protection for data transfers\n"
     "PROT: unwilling to accept security parameter (P)"},
    {"AUTH TLS", kLateBusy, kPerUser, "AUTH not allowed during a transfer",
     "AUTH not allowed while a data transfer is in progress"},
    {"PROT C", kFullBusy, kPlain, "PROT not allowed during a transfer",
     "PROT not allowed while a data transfer is in progress"},
    {"PROT S", kTls, kPlain, "PROT S unsupported", "PROT S is a level that TLS does not have"},
    {"PROT p", kTls, kPlain, "PROT p unsupported", "PROT p is no protection level"},
};

}  // namespace

TEST_GROUP(ControlSecurity){};

TEST(ControlSecurity, EveryCommandInEveryStateHasItsAnswer) {
  for (const Row &row : kCells) {
    check_cell(row.off, kOff, row, "off");
    check_cell(row.clear, kClear, row, "clear");
    check_cell(row.late, kLate, row, "late");
    check_cell(row.tls, kTls, row, "tls");
    check_cell(row.full, kFull, row, "full");
    check_cell(row.ccc, kCcc, row, "ccc");
  }
}

TEST(ControlSecurity, NothingIsChangedDuringATransfer) {
  for (const BusyRow &row : kBusyCells) {
    check_cell(row.late, kLateBusy, row, "late, in a transfer");
    check_cell(row.full, kFullBusy, row, "full, in a transfer");
    check_cell(row.ccc, kCccBusy, row, "ccc, in a transfer");
  }
}

TEST(ControlSecurity, RepliesAndLogLinesAreWordedAsDocumented) {
  for (const TextRow &row : kTexts) {
    const Decision decision = decide(row.state, row.rules, row.line);
    STRCMP_EQUAL_TEXT(row.text, decision.text.c_str(), row.line);
    STRCMP_EQUAL_TEXT(row.log, decision.log.c_str(), row.line);
  }
}

TEST(ControlSecurity, MechanismWithoutTlsIsNotAllowedToSetProtection) {
  const SecurityState foreign{.engine = true, .mechanism = true};
  const Decision decision = decide(foreign, kPlain, "PROT P");
  STRCMP_EQUAL("503", cell(decision).c_str());
  STRCMP_EQUAL("PROT not allowed on insecure control connection", decision.text.c_str());
}

TEST(ControlSecurity, EveryListedMechanismIsTakenInAnyCase) {
  for (const std::string_view mechanism : auth_mechanisms()) {
    std::string lower{mechanism};
    for (char &c : lower) c = c == '-' ? c : static_cast<char>(c | 0x20);
    CHECK_EQUAL(234, decide(kClear, kPlain, "AUTH " + std::string(mechanism)).code);
    CHECK_EQUAL(234, decide(kClear, kPlain, "AUTH " + lower).code);
  }
}

TEST(ControlSecurity, MechanismsAreComparedWhole) {
  for (const char *line : {"AUTH TLSv1", "AUTH TL", "AUTH TLS-", "AUTH TLS-X", "AUTH SSLv3"}) {
    STRCMP_EQUAL_TEXT("504 -", cell(decide(kClear, kPlain, line)).c_str(), line);
  }
}

TEST(ControlSecurity, WordsOfTheClientDoNotActAsPlaceholders) {
  STRCMP_EQUAL("AUTH {args} unsupported, declining",
               decide(kClear, kPlain, "AUTH {args} secret").log.c_str());
}

TEST(ControlSecurity, FeaturesAreThoseThatHaveADecision) {
  const auto lines = feature_lines();
  const std::vector<std::string_view> expected{"AUTH TLS", "CCC", "PBSZ", "PROT", "SSCN"};
  CHECK(std::ranges::equal(expected, lines));
}
