// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/control_security.h"

#include <algorithm>

#include "core/ascii.h"
#include "core/reply_text.h"

namespace mod_tls::core {

namespace {

using Words = std::span<const std::string_view>;

constexpr std::string_view kMechanisms[] = {"TLS", "TLS-C", "SSL", "TLS-P"};
constexpr std::string_view kFeatures[] = {"AUTH TLS", "PBSZ", "PROT"};

/// One command as the rows of the tables below see it.
struct Question {
  const SecurityState &state;
  const SecurityRules &rules;
  Words args;

  [[nodiscard]] std::string_view first() const { return args.empty() ? "" : args.front(); }
};

/// If `when` holds, and no row above did, this is the answer. In the texts, {arg} is the first
/// word as sent, {ARG} the same in upper case, {args} all words, and {mechanisms} those that
/// AUTH takes.
struct Row {
  bool (*when)(const Question &question);
  Effect effect;
  int code;
  std::string_view text;
  std::string_view log;
};

bool always(const Question & /*question*/) {
  return true;
}
bool engine_off(const Question &q) {
  return !q.state.engine;
}
bool no_mechanism(const Question &q) {
  return !q.state.engine || !q.state.mechanism;
}
bool control_clear(const Question &q) {
  return !q.state.control_protected;
}
bool control_protected(const Question &q) {
  return q.state.control_protected;
}
bool never_protected(const Question &q) {
  return !q.state.control_protected && !q.state.control_cleared;
}
bool after_ccc(const Question &q) {
  return q.state.control_cleared;
}
bool no_argument(const Question &q) {
  return q.args.empty();
}
bool not_one_argument(const Question &q) {
  return q.args.size() != 1;
}
bool no_credentials(const Question &q) {
  return !q.rules.has_credentials;
}
bool too_late(const Question &q) {
  return q.state.logged_in && !q.rules.allow_per_user;
}
/// The host reads what is in force chunk by chunk, so a change would reach the rest of the file.
bool transferring(const Question &q) {
  return q.state.transferring;
}
bool data_required(const Question &q) {
  return q.rules.required.data == DataRule::required;
}
bool data_refused(const Question &q) {
  return q.rules.required.data == DataRule::refused;
}
bool limit_denies(const Question &q) {
  return q.rules.limit_denies;
}
bool asks_tls(const Question &q) {
  const std::string mechanism = upper_case(q.first());
  return mechanism == "TLS" || mechanism == "TLS-C";
}
bool asks_tls_with_data(const Question &q) {
  const std::string mechanism = upper_case(q.first());
  return mechanism == "SSL" || mechanism == "TLS-P";
}
/// `Level` is case-sensitive.
template <char Level>
bool asks_level(const Question &q) {
  return q.first().size() == 1 && q.first().front() == Level;
}
/// Both conditions hold.
template <auto A, auto B>
bool both(const Question &q) {
  return A(q) && B(q);
}

constexpr std::string_view kUnwilling = "Unwilling to accept security parameters";
constexpr std::string_view kWrongCount = "Invalid number of parameters";
constexpr std::string_view kTlsLog = "TLS/TLS-C requested, starting TLS handshake";
constexpr std::string_view kTlsWithDataLog = "SSL/TLS-P requested, starting TLS handshake";
constexpr std::string_view kLateLog =
    "Unwilling to accept AUTH after USER/PASS authentication for this session unless AllowPerUser "
    "TLSOption is used";
constexpr std::string_view kClearRefusedLog =
    "PROT: TLSRequired requires protection for data transfers\n"
    "PROT: unwilling to accept security parameter (C)";
constexpr std::string_view kPrivateRefusedLog =
    "PROT: TLSRequired does not allow protection for data transfers\n"
    "PROT: unwilling to accept security parameter (P)";

// clang-format off
constexpr Row kAuth[] = {
    {engine_off, Effect::decline, 0, "", ""},
    {control_protected, Effect::none, 503, "Unwilling to accept second AUTH",
     "Unwilling to accept AUTH after AUTH for this session"},
    {no_argument, Effect::none, 504, "AUTH requires at least one argument", ""},
    {transferring, Effect::none, 503, "AUTH not allowed during a transfer",
     "AUTH not allowed while a data transfer is in progress"},
    {after_ccc, Effect::none, 534, kUnwilling,
     "Unwilling to accept AUTH after CCC for this session"},
    {no_credentials, Effect::none, 431, "Necessary security resource unavailable",
     "Unable to accept AUTH {args} due to lack of certificates"},
    {too_late, Effect::none, 534, kUnwilling, kLateLog},
    {asks_tls, Effect::start_tls, 234, "AUTH {ARG} successful", kTlsLog},
    // One policy: what PROT P is refused does not come in through AUTH either.
    {both<asks_tls_with_data, data_refused>, Effect::start_tls, 234, "AUTH {ARG} successful",
     kTlsWithDataLog},
    {asks_tls_with_data, Effect::start_tls_and_protect_data, 234, "AUTH {ARG} successful",
     kTlsWithDataLog},
    {always, Effect::decline, 504, "AUTH {arg} unsupported, use one of: {mechanisms}",
     "AUTH {arg} unsupported, declining"},
};

constexpr Row kPbsz[] = {
    {no_mechanism, Effect::decline, 0, "", ""},
    {not_one_argument, Effect::none, 501, kWrongCount, ""},
    {control_clear, Effect::none, 503, "PBSZ not allowed on insecure control connection", ""},
    {asks_level<'0'>, Effect::none, 200, "PBSZ 0 successful", ""},
    {always, Effect::none, 200, "PBSZ=0 successful", ""},
};

constexpr Row kProt[] = {
    {no_mechanism, Effect::decline, 0, "", ""},
    {not_one_argument, Effect::none, 501, kWrongCount, ""},
    {never_protected, Effect::none, 503, "PROT not allowed on insecure control connection", ""},
    {transferring, Effect::none, 503, "PROT not allowed during a transfer",
     "PROT not allowed while a data transfer is in progress"},
    {limit_denies, Effect::none, 534, kUnwilling, "PROT: denied by <Limit> configuration"},
    {both<asks_level<'C'>, data_required>, Effect::none, 534, kUnwilling, kClearRefusedLog},
    {asks_level<'C'>, Effect::clear_data, 200, "Protection set to Clear",
     "Protection set to Clear"},
    {both<asks_level<'P'>, data_refused>, Effect::none, 534, kUnwilling, kPrivateRefusedLog},
    {asks_level<'P'>, Effect::protect_data, 200, "Protection set to Private",
     "Protection set to Private"},
    {asks_level<'S'>, Effect::none, 536, "PROT {arg} unsupported", ""},
    {asks_level<'E'>, Effect::none, 536, "PROT {arg} unsupported", ""},
    {always, Effect::none, 504, "PROT {arg} unsupported", ""},
};
// clang-format on

std::string filled(std::string_view pattern, const Question &question) {
  const TextField fields[] = {{"{arg}", std::string{question.first()}},
                              {"{ARG}", upper_case(question.first())},
                              {"{args}", join(question.args, " ")},
                              {"{mechanisms}", join(kMechanisms, ", ")}};
  return fill_in(pattern, fields);
}

/// The last row of every table is `always`.
Decision decide(std::span<const Row> table, const Question &question) {
  const auto row =
      std::ranges::find_if(table, [&](const Row &candidate) { return candidate.when(question); });
  return {.effect = row->effect,
          .code = row->code,
          .text = filled(row->text, question),
          .log = filled(row->log, question)};
}

}  // namespace

Decision decide_auth(const SecurityState &state, const SecurityRules &rules, Words args) {
  return decide(kAuth, {state, rules, args});
}

Decision decide_pbsz(const SecurityState &state, Words args) {
  return decide(kPbsz, {state, {}, args});
}

Decision decide_prot(const SecurityState &state, const SecurityRules &rules, Words args) {
  return decide(kProt, {state, rules, args});
}

std::span<const std::string_view> auth_mechanisms() {
  return kMechanisms;
}

std::span<const std::string_view> feature_lines() {
  return kFeatures;
}

}  // namespace mod_tls::core
