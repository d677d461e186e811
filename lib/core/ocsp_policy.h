// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/ocsp_freshness.h"
#include "core/result.h"

namespace mod_tls::core {

/// What is asked of OCSP when clients are verified by it.
enum class OcspDemand : std::uint8_t {
  hard,    ///< Each responder that a certificate names has to answer; it may name none.
  soft,    ///< A responder that gives no usable answer stops nobody.
  strict,  ///< As hard, and every certificate has to name one.
};

/// TLSVerifyOCSP.
struct OcspPolicy {
  OcspDemand demand = OcspDemand::hard;
  std::chrono::seconds timeout{5};  ///< For all questions of one handshake.

  friend bool operator==(const OcspPolicy &, const OcspPolicy &) = default;
};

/// "hard|soft|strict [timeout duration]".
Result<OcspPolicy> parse_ocsp_policy(std::span<const std::string_view> words);

/// As it would be written.
[[nodiscard]] std::string to_string(const OcspPolicy &policy);

/// What the responders of one certificate came to.
enum class OcspOutcome : std::uint8_t { no_responder, unanswered, good, revoked, unknown };

enum class OcspVerdict : std::uint8_t { accepted, revoked, unknown, unanswered };

[[nodiscard]] OcspVerdict judge_ocsp(OcspDemand demand, OcspOutcome outcome);

/// Whether an answer that has no end of its own says something of today: one that repeats the
/// nonce was made for this question, another one may have been kept to be shown again.
[[nodiscard]] bool answer_counts(UnixTime made, bool has_end, bool has_nonce, UnixTime now);

}  // namespace mod_tls::core
