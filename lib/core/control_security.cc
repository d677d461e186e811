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
using table::limit_denies;
using table::no_argument;
using table::no_mechanism;
using table::not_one_argument;
using table::Question;
using table::refusal;
using table::Row;
using table::transferring;
using R = FailureReason;
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
constexpr std::string_view kClearRefused = "PROT: unwilling to accept security parameter (C)";
constexpr std::string_view kPrivateRefused = "PROT: unwilling to accept security parameter (P)";

// clang-format off
constexpr Row kAuth[] = {
    {engine_off, Effect::decline, 0, "", ""},
    refusal(control_protected, R::second_auth),
    refusal(no_argument, R::auth_without_mechanism),
    refusal(transferring, R::auth_during_transfer),
    refusal(after_ccc, R::auth_after_ccc),
    refusal(no_credentials, R::no_server_certificate),
    refusal(too_late, R::auth_after_login),
    {asks_tls, Effect::start_tls, 234, "AUTH {ARG} successful", kTlsLog},
    // One policy: what PROT P is refused does not come in through AUTH either.
    {both<asks_tls_with_data, data_refused>, Effect::start_tls, 234, "AUTH {ARG} successful",
     kTlsWithDataLog},
    {asks_tls_with_data, Effect::start_tls_and_protect_data, 234, "AUTH {ARG} successful",
     kTlsWithDataLog},
    {always, Effect::decline, 0, "", "", R::unknown_mechanism},
};

constexpr Row kPbsz[] = {
    {no_mechanism, Effect::decline, 0, "", ""},
    refusal(not_one_argument, R::wrong_parameters),
    refusal(control_clear, R::pbsz_in_clear),
    {asks_level<'0'>, Effect::none, 200, "PBSZ 0 successful", ""},
    {always, Effect::none, 200, "PBSZ=0 successful", ""},
};

constexpr Row kProt[] = {
    {no_mechanism, Effect::decline, 0, "", ""},
    refusal(not_one_argument, R::wrong_parameters),
    refusal(never_protected, R::prot_in_clear),
    refusal(transferring, R::prot_during_transfer),
    refusal(limit_denies, R::prot_denied),
    refusal(both<asks_level<'C'>, data_required>, R::clear_data_refused, kClearRefused),
    {asks_level<'C'>, Effect::clear_data, 200, "Protection set to Clear",
     "Protection set to Clear"},
    refusal(both<asks_level<'P'>, data_refused>, R::private_data_refused, kPrivateRefused),
    {asks_level<'P'>, Effect::protect_data, 200, "Protection set to Private",
     "Protection set to Private"},
    refusal(asks_level<'S'>, R::prot_level_unsupported),
    refusal(asks_level<'E'>, R::prot_level_unsupported),
    refusal(always, R::prot_level_unknown),
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
