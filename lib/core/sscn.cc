// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/sscn.h"

#include <algorithm>
#include <iterator>

#include "core/decision_table.h"

namespace mod_tls::core {

namespace {

using table::always;
using table::decide;
using table::limit_denies;
using table::no_argument;
using table::no_mechanism;
using table::Question;
using table::refusal;
using table::Row;

bool several_arguments(const Question &q) {
  return q.args.size() > 1;
}
bool asks_while_client(const Question &q) {
  return q.args.empty() && q.state.sscn_client;
}
bool asks_on(const Question &q) {
  return q.first() == "ON";
}
bool asks_off(const Question &q) {
  return q.first() == "OFF";
}

constexpr std::string_view kClient = "SSCN:CLIENT METHOD";
constexpr std::string_view kServer = "SSCN:SERVER METHOD";

// clang-format off
constexpr Row kSscn[] = {
    {no_mechanism, Effect::decline, 0, "", ""},
    refusal(several_arguments, FailureReason::sscn_malformed),
    refusal(limit_denies, FailureReason::sscn_denied),
    {asks_while_client, Effect::none, 200, kClient, ""},
    {no_argument, Effect::none, 200, kServer, ""},
    {asks_on, Effect::become_data_client, 200, kClient, ""},
    {asks_off, Effect::become_data_server, 200, kServer, ""},
    refusal(always, FailureReason::sscn_unsupported),
};
// clang-format on

}  // namespace

Decision decide_sscn(const SecurityState &state, const SecurityRules &rules,
                     std::span<const std::string_view> args) {
  return decide(kSscn, {state, rules, args});
}

TlsEnd data_end(std::string_view verb, bool sscn_client) {
  constexpr std::string_view kFiles[] = {"APPE", "RETR", "STOR", "STOU"};
  const bool moves_file = std::ranges::find(kFiles, verb) != std::end(kFiles);
  return sscn_client && moves_file ? TlsEnd::client : TlsEnd::server;
}

VerifyServer verify_server_mode(std::string_view value) {
  if (value == "off") return VerifyServer::off;
  return value == "NoReverseDNS" ? VerifyServer::no_reverse_dns : VerifyServer::on;
}

bool peer_server_accepted(VerifyServer mode, const PeerServerFacts &facts) {
  switch (mode) {
    case VerifyServer::off:
      return true;
    case VerifyServer::on:
      return facts.names_address || facts.names_host;
    case VerifyServer::no_reverse_dns:
      return facts.names_address;
  }
  return false;
}

}  // namespace mod_tls::core
