// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/policy_builder.h"

#include "core/key_uri.h"

namespace mod_tls::core {

namespace {

using Severity = PolicyFinding::Severity;
using Findings = std::vector<PolicyFinding>;

std::string server_label(const ServerFacts &facts) {
  return "Server " + facts.name + ": ";
}

/// mod_ifsession may relax TLSRequired later, for some users only, so then nothing can be said.
void check_per_user(const ServerPolicy &policy, const ServerFacts &facts, Findings &findings) {
  if (!policy.options.has(Option::allow_per_user) || !policy.required.auth) return;
  if (facts.has_session_overrides || facts.has_relaxing_section) return;
  findings.push_back(
      {Severity::fatal, server_label(facts) +
                            "cannot enforce both 'TLSRequired auth' and 'TLSOptions AllowPerUser' "
                            "at the same time (here: 'TLSRequired " +
                            std::string(to_string(policy.required)) +
                            "'); remove AllowPerUser, or add 'TLSRequired off' to an <Anonymous> "
                            "section, or load mod_ifsession"});
}

/// Each session opens tokens for itself, which it cannot any more when its user is known.
void check_tokens(const ServerPolicy &policy, const ServerFacts &facts, Findings &findings) {
  if (!policy.options.has(Option::allow_per_user)) return;
  for (const auto &[kind, files] : configured_credentials(policy)) {
    if (!is_token_uri(files.key)) continue;
    findings.push_back({Severity::fatal, server_label(facts) +
                                             "'TLSOptions AllowPerUser' lets clients begin TLS "
                                             "after the login, when " +
                                             std::string(key_directive(kind)) + " '" +
                                             without_pin(files.key) +
                                             "', a key in a token, can no longer be opened; remove "
                                             "AllowPerUser, or put the key into a file"});
    return;
  }
}

void check_pair(const CredentialFiles &files, CredentialKind kind, const ServerFacts &facts,
                Findings &findings) {
  if (files.key.empty() || files.configured()) return;
  std::string text = server_label(facts) + std::string(key_directive(kind)) + " '" +
                     without_pin(files.key) + "' is configured without " +
                     std::string(certificate_directive(kind)) + "; add the certificate of this key";
  if (kind == CredentialKind::any) text += " in the line above it";
  findings.push_back({Severity::fatal, std::move(text)});
}

void check_pairs(const ServerPolicy &policy, const ServerFacts &facts, Findings &findings) {
  check_pair(policy.rsa, CredentialKind::rsa, facts, findings);
  check_pair(policy.ec, CredentialKind::ec, facts, findings);
  check_pair(policy.dsa, CredentialKind::dsa, facts, findings);
  for (const CredentialFiles &files : policy.any_type) {
    check_pair(files, CredentialKind::any, facts, findings);
  }
}

void check_credentials(const ServerPolicy &policy, const ServerFacts &facts, Findings &findings) {
  if (policy.has_credentials()) return;
  findings.push_back(
      {Severity::notice,
       "no TLSRSACertificateFile, TLSDSACertificateFile, TLSECCertificateFile, TLSCertificateFile "
       "or TLSPKCS12File configured; unable to handle SSL/TLS connections (Server " +
           facts.name + ": AUTH will be answered with 431 until TLSCertificateFile is set)"});
}

ProtocolSet missing_between(const ProtocolSet &set) {
  ProtocolSet missing;
  for (const Protocol p : kAllProtocols) {
    if (p > set.lowest() && p < set.highest() && !set.contains(p)) missing.add(p);
  }
  return missing;
}

void check_protocol_gap(const ServerPolicy &policy, const ServerFacts &facts, Findings &findings) {
  if (!policy.protocols.has_gap()) return;
  findings.push_back({Severity::notice, server_label(facts) + "TLSProtocol offers " +
                                            to_string(policy.protocols) + " but not " +
                                            to_string(missing_between(policy.protocols)) +
                                            " in between; clients that know nothing newer than "
                                            "these get an older protocol or are refused"});
}

void check_protocol_age(const ServerPolicy &policy, const ServerFacts &facts, Findings &findings) {
  if (policy.protocols.empty() || policy.protocols.highest() >= Protocol::tlsv1_2) return;
  findings.push_back(
      {Severity::notice,
       server_label(facts) + "TLSProtocol offers only " + to_string(policy.protocols) +
           "; clients that ask for TLSv1.2 or newer, as all current ones do, will be refused: "
           "write 'TLSProtocol TLSv1.2 TLSv1.3', and name older protocols beside them only for "
           "old clients"});
}

void tell(Findings &findings, const ServerFacts &facts, const std::string &text) {
  findings.push_back({Severity::notice, server_label(facts) + text});
}

/// Settings that look as if they kept somebody out, or let somebody in, and do not.
void check_idle_verification(const ServerPolicy &policy, const ServerFacts &facts,
                             Findings &findings) {
  const bool by_name = policy.options.has(Option::common_name_required) ||
                       policy.options.has(Option::dns_name_required);
  const bool by_address = policy.options.has(Option::ip_address_required);
  if ((by_name || by_address) && policy.verify_client != VerifyClient::on) {
    tell(findings, facts,
         "CommonNameRequired, dNSNameRequired and iPAddressRequired have no effect without "
         "'TLSVerifyClient on'");
  }
  if (by_name && policy.verify_client == VerifyClient::on && !facts.reverse_dns) {
    tell(findings, facts,
         "CommonNameRequired and dNSNameRequired have no effect with 'UseReverseDNS off': the "
         "server does not know the names of its clients");
  }
  if (policy.lets_certificates_log_in() && !policy.verifies_clients()) {
    tell(findings, facts,
         "AllowDotLogin and TLSUserName have no effect without 'TLSVerifyClient on' or "
         "'optional': clients are asked for no certificate");
  }
}

}  // namespace

std::vector<PolicyFinding> cross_check(const ServerPolicy &policy, const ServerFacts &facts) {
  Findings findings;
  if (!policy.engine) return findings;
  check_per_user(policy, facts, findings);
  check_tokens(policy, facts, findings);
  check_pairs(policy, facts, findings);
  check_credentials(policy, facts, findings);
  check_protocol_gap(policy, facts, findings);
  check_protocol_age(policy, facts, findings);
  check_idle_verification(policy, facts, findings);
  return findings;
}

}  // namespace mod_tls::core
