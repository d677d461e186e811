// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>

namespace mod_tls::cache {

/// Outage is what all processes know about a server that does not answer. The call that fails
/// costs its caller the time-out; then the server is left alone until a probe succeeds. Probes have
/// growing pauses between them. Valid when all bits are 0. Times are in seconds.
class Outage {
 public:
  static constexpr std::int64_t kShortestPause = 2;
  static constexpr std::int64_t kLongestPause = 32;

  [[nodiscard]] bool lasts() const { return failures_ != 0; }
  /// Whether a probe is due; true for one caller in all processes.
  bool claim_probe(std::time_t now);
  /// A call or a probe failed: true if that begins an outage.
  bool failed(std::time_t now);
  /// The server answered: true if that ends an outage.
  bool ended();

 private:
  [[nodiscard]] std::int64_t pause() const;

  std::atomic<std::int64_t> next_probe_;
  std::atomic<std::uint32_t> failures_;
};

}  // namespace mod_tls::cache
