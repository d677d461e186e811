// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/ocsp_freshness.h"

namespace mod_tls::core {

/// The SHA-1 of a certificate's DER, by which OCSP responses are kept.
using Fingerprint = std::array<std::uint8_t, 20>;

/// The largest OCSP response, in bytes, that is taken and stapled.
inline constexpr std::size_t kLargestStaple = std::size_t{16} * 1024;

/// Where handshakes find the OCSP responses to staple; they never wait for one.
class StapleSource {
 public:
  StapleSource() = default;
  StapleSource(const StapleSource &) = delete;
  StapleSource &operator=(const StapleSource &) = delete;
  virtual ~StapleSource() = default;

  /// The DER of a response that may be used at `now`, if there is one.
  [[nodiscard]] virtual std::optional<std::vector<std::uint8_t>> find(
      const Fingerprint &certificate, UnixTime now) const = 0;
};

}  // namespace mod_tls::core
