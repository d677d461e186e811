// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/failure_reason.h"
#include "core/ocsp_policy.h"

namespace mod_tls::core {

/// TLSVerifyClient: whether clients are asked for a certificate, and whether they need one.
enum class VerifyClient : std::uint8_t { off, optional, on };

/// "off", "optional" or "on".
[[nodiscard]] std::string_view to_string(VerifyClient value);

/// What a context has to check beyond the library's own verification of a chain.
struct VerifyRules {
  VerifyClient client = VerifyClient::off;
  std::uint32_t depth = 9;  ///< CA certificates that a chain may have above the client's own.
  bool ocsp = false;        ///< TLSVerifyOrder names it.
  OcspPolicy ocsp_policy = {};
};

/// Whether a chain of `certificates` (the client's own among them) keeps to TLSVerifyDepth.
[[nodiscard]] bool depth_allows(const VerifyRules &rules, std::size_t certificates);

/// "certificate chain too long: ..." for a chain that does not.
[[nodiscard]] std::string too_long_text(const VerifyRules &rules, std::size_t certificates);

/// What is known of the client after a handshake.
struct PeerFacts {
  bool has_certificate = false;
  bool verified = false;  ///< Now, or when the session was made that is resumed.
  bool expired = false;   ///< Since then: resumed sessions are not verified anew.
};

enum class PeerVerdict {
  accepted,
  no_certificate,
  not_verified,
  expired,
};

/// Decides about a client after its handshake. A full handshake has refused it already where that
/// was due; a resumed one has asked for nothing.
[[nodiscard]] PeerVerdict judge_peer(VerifyClient policy, const PeerFacts &facts);

/// The reason of a refusal.
[[nodiscard]] std::optional<FailureReason> refusal_of(PeerVerdict verdict);

/// Whether the certificate of a client says who it is, so that it can stand for a password: one
/// that is there, was verified, and has not expired, on a server that asks for certificates.
[[nodiscard]] bool proves_identity(VerifyClient policy, const PeerFacts &facts);

}  // namespace mod_tls::core
