// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/renegotiate_policy.h"
#include "core/tls_options.h"

namespace mod_tls::core {

/// How a connection gets new keys.
enum class RekeyMethod {
  renegotiation,  ///< TLS 1.2 and older: the client is asked to, and may be unable to.
  key_update,     ///< TLS 1.3.
};

/// What becomes of a client that begins a renegotiation by itself (TLS 1.2 and older).
enum class ClientRenegotiation {
  abort,   ///< The connection ends.
  refuse,  ///< It is told no, and served on.
  allow,   ///< AllowClientRenegotiations.
};

[[nodiscard]] ClientRenegotiation client_renegotiation(const RenegotiatePolicy &policy,
                                                       const OptionSet &options);

/// When one connection gets new keys; 0 is no limit.
struct RekeyLimits {
  std::chrono::seconds age{0};
  std::uint64_t bytes = 0;
  std::chrono::seconds timeout{30};
  bool required = false;  ///< A client that does not answer in time is cut off.
};

/// The limits of control and of data connections. A client that must not be cut off is never asked
/// to renegotiate: it could not say no and go on (OpenSSL ends the connection then).
[[nodiscard]] RekeyLimits control_limits(const RenegotiatePolicy &policy, RekeyMethod method);
[[nodiscard]] RekeyLimits data_limits(const RenegotiatePolicy &policy, RekeyMethod method);

enum class RekeyStep {
  none,
  ask,      ///< New keys are due.
  give_up,  ///< They were asked for in vain.
};

/// RekeySchedule says when the keys of one connection are to be renewed. One request at a time.
class RekeySchedule {
 public:
  using Time = std::chrono::steady_clock::time_point;

  RekeySchedule(const RekeyLimits &limits, Time now) : limits_(limits), since_(now) {}

  [[nodiscard]] RekeyStep next(Time now) const;
  void moved(std::uint64_t bytes) { bytes_ += bytes; }
  void asked(Time now) { asked_ = now; }
  void answered(Time now);

 private:
  RekeyLimits limits_;
  Time since_;
  std::uint64_t bytes_ = 0;
  std::optional<Time> asked_;
};

/// RekeyBudget bounds what a peer may make us do with keys: a burst of 32, and one more a second.
class RekeyBudget {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr int kBurst = 32;
  static constexpr int kKeyUpdateCost = 1;
  static constexpr int kRenegotiationCost = 8;

  /// Whether the peer may do something that costs `cost`; if so, it is taken off.
  bool take(int cost, Time now);

 private:
  int left_ = kBurst;
  std::optional<Time> filled_;
};

}  // namespace mod_tls::core
