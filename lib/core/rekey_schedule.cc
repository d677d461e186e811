// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/rekey_schedule.h"

#include <algorithm>

namespace mod_tls::core {

namespace {

bool may_be_asked(const RenegotiatePolicy &policy, RekeyMethod method) {
  switch (method) {
    case RekeyMethod::key_update:
      return true;
    case RekeyMethod::renegotiation:
      return policy.required;
  }
  return false;
}

/// A key update needs no consent, so nobody is cut off for it.
RekeyLimits limits(const RenegotiatePolicy &policy, RekeyMethod method) {
  return {.timeout = policy.timeout,
          .required = policy.required && method == RekeyMethod::renegotiation};
}

}  // namespace

ClientRenegotiation client_renegotiation(const RenegotiatePolicy &policy,
                                         const OptionSet &options) {
  if (options.has(Option::allow_client_renegotiations)) return ClientRenegotiation::allow;
  return policy.none_said ? ClientRenegotiation::refuse : ClientRenegotiation::abort;
}

RekeyLimits control_limits(const RenegotiatePolicy &policy, RekeyMethod method) {
  RekeyLimits result = limits(policy, method);
  if (may_be_asked(policy, method)) result.age = policy.control;
  return result;
}

RekeyLimits data_limits(const RenegotiatePolicy &policy, RekeyMethod method) {
  RekeyLimits result = limits(policy, method);
  if (may_be_asked(policy, method)) result.bytes = policy.data_kilobytes * 1024;
  return result;
}

RekeyStep RekeySchedule::next(Time now) const {
  if (asked_) {
    const bool late = now >= *asked_ + limits_.timeout;
    return late && limits_.required ? RekeyStep::give_up : RekeyStep::none;
  }
  const bool too_old = limits_.age.count() > 0 && now >= since_ + limits_.age;
  const bool too_much = limits_.bytes > 0 && bytes_ >= limits_.bytes;
  return too_old || too_much ? RekeyStep::ask : RekeyStep::none;
}

void RekeySchedule::answered(Time now) {
  asked_.reset();
  since_ = now;
  bytes_ = 0;
}

bool RekeyBudget::take(int cost, Time now) {
  const Time since = filled_.value_or(now);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now - since);
  const auto gained = std::clamp<std::int64_t>(seconds.count(), 0, kBurst);
  left_ = std::min(kBurst, left_ + static_cast<int>(gained));
  filled_ = since + seconds;
  if (left_ < cost) return false;
  left_ -= cost;
  return true;
}

}  // namespace mod_tls::core
