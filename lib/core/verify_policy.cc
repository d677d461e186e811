// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/verify_policy.h"

namespace mod_tls::core {

namespace {

/// How many certificates stand above the client's own.
std::size_t above(std::size_t certificates) {
  return certificates == 0 ? 0 : certificates - 1;
}

}  // namespace

std::string_view to_string(VerifyClient value) {
  switch (value) {
    case VerifyClient::off:
      return "off";
    case VerifyClient::optional:
      return "optional";
    case VerifyClient::on:
      return "on";
  }
  return {};
}

bool depth_allows(const VerifyRules &rules, std::size_t certificates) {
  return above(certificates) <= rules.depth;
}

std::string too_long_text(const VerifyRules &rules, std::size_t certificates) {
  return "certificate chain too long: " + std::to_string(above(certificates)) +
         " CA certificates above the client's own, 'TLSVerifyDepth " + std::to_string(rules.depth) +
         "' allows " + std::to_string(rules.depth);
}

PeerVerdict judge_peer(VerifyClient policy, const PeerFacts &facts) {
  if (policy == VerifyClient::off) return PeerVerdict::accepted;
  if (!facts.has_certificate) {
    return policy == VerifyClient::on ? PeerVerdict::no_certificate : PeerVerdict::accepted;
  }
  if (!facts.verified) return PeerVerdict::not_verified;
  return facts.expired ? PeerVerdict::expired : PeerVerdict::accepted;
}

std::optional<FailureReason> refusal_of(PeerVerdict verdict) {
  switch (verdict) {
    case PeerVerdict::accepted:
      return {};
    case PeerVerdict::no_certificate:
      return FailureReason::no_client_certificate;
    case PeerVerdict::not_verified:
      return FailureReason::resumed_unverified;
    case PeerVerdict::expired:
      return FailureReason::resumed_expired;
  }
  return {};
}

bool proves_identity(VerifyClient policy, const PeerFacts &facts) {
  return policy != VerifyClient::off && facts.has_certificate &&
         judge_peer(policy, facts) == PeerVerdict::accepted;
}

}  // namespace mod_tls::core
