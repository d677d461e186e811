// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/control_security.h"

#include "core/ascii.h"
#include "core/decision_table.h"

namespace mod_tls::core {

namespace {

using table::always;
using table::both;
using table::control_clear;
using table::control_protected;
using table::data_refused;
using table::data_required;
using table::decide;
using table::engine_off;
using table::kUnwilling;
using table::kWrongCount;
using table::limit_denies;
using table::no_argument;
using table::no_mechanism;
using table::not_one_argument;
using table::Question;
using table::Row;
using table::transferring;
using Words = std::span<const std::string_view>;

constexpr std::string_view kMechanisms[] = {"TLS", "TLS-C", "SSL", "TLS-P"};
constexpr std::string_view kFeatures[] = {"AUTH TLS", "CCC", "PBSZ", "PROT", "SSCN"};

bool never_protected(const Question &q) {
  return !q.state.control_protected && !q.state.control_cleared;
}
bool after_ccc(const Question &q) {
  return q.state.control_cleared;
}
bool no_credentials(const Question &q) {
  return !q.rules.has_credentials;
}
bool too_late(const Question &q) {
  return q.state.logged_in && !q.rules.allow_per_user;
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
