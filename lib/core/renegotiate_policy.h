// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mod_tls::core {

/// When the keys of a connection are to be renewed (TLSRenegotiate). The default is never.
struct RenegotiatePolicy {
  std::chrono::seconds control{0};   ///< Age of the control channel's keys; 0: no limit.
  std::uint64_t data_kilobytes = 0;  ///< Amount on a data channel; 0: no limit.
  std::chrono::seconds timeout{30};  ///< For a renegotiation that was asked for.
  bool required = false;             ///< Whether a client that does not answer is cut off.
  bool none_said = false;  ///< "none": clients that begin a renegotiation are just told no.

  friend bool operator==(const RenegotiatePolicy &, const RenegotiatePolicy &) = default;
};

/// Parses the words of TLSRenegotiate: "none", or up to four pairs of
/// ctrl, data, timeout and required with their values.
Result<RenegotiatePolicy> parse_renegotiate(std::span<const std::string_view> words);

/// "none" for the default, else all four pairs.
[[nodiscard]] std::string to_string(const RenegotiatePolicy &policy);

}  // namespace mod_tls::core
