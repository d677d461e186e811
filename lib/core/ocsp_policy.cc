// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/ocsp_policy.h"

#include <algorithm>
#include <iterator>

#include "core/ascii.h"
#include "core/duration.h"

namespace mod_tls::core {

namespace {

struct DemandRow {
  std::string_view word;
  OcspDemand demand;
};

constexpr DemandRow kDemands[] = {
    {"hard", OcspDemand::hard}, {"soft", OcspDemand::soft}, {"strict", OcspDemand::strict}};

/// Clients wait for the answer.
constexpr std::chrono::seconds kLongest{60};

Result<OcspDemand> parse_demand(std::string_view word) {
  const auto *row = std::ranges::find_if(
      kDemands, [&](const DemandRow &r) { return equal_ignoring_case(r.word, word); });
  if (row != std::end(kDemands)) return row->demand;
  return Error{Errc::bad_value,
               "unknown demand " + quoted(word) + " (allowed: hard, soft, strict)"};
}

Result<std::chrono::seconds> parse_time(std::string_view word) {
  const auto time = parse_duration(word);
  if (time && time->count() >= 1 && *time <= kLongest) return *time;
  return Error{Errc::bad_value,
               "error parsing timeout value " + quoted(word) + " (allowed: 1 to 60 seconds)"};
}

}  // namespace

Result<OcspPolicy> parse_ocsp_policy(std::span<const std::string_view> words) {
  if (words.size() != 1 && words.size() != 3) {
    return Error{Errc::bad_syntax, "wrong number of parameters"};
  }
  const auto demand = parse_demand(words[0]);
  if (!demand) return demand.error();
  OcspPolicy policy{.demand = *demand};
  if (words.size() == 1) return policy;
  if (!equal_ignoring_case(words[1], "timeout")) {
    return Error{Errc::bad_value,
                 "unknown parameter " + quoted(words[1]) + " (allowed: timeout duration)"};
  }
  const auto time = parse_time(words[2]);
  if (!time) return time.error();
  policy.timeout = *time;
  return policy;
}

std::string to_string(const OcspPolicy &policy) {
  const auto *row = std::ranges::find(kDemands, policy.demand, &DemandRow::demand);
  return std::string(row->word) + " timeout " + std::to_string(policy.timeout.count());
}

OcspVerdict judge_ocsp(OcspDemand demand, OcspOutcome outcome) {
  switch (outcome) {
    case OcspOutcome::good:
      return OcspVerdict::accepted;
    case OcspOutcome::revoked:
      return OcspVerdict::revoked;
    case OcspOutcome::unknown:
      return OcspVerdict::unknown;
    case OcspOutcome::unanswered:
      return demand == OcspDemand::soft ? OcspVerdict::accepted : OcspVerdict::unanswered;
    case OcspOutcome::no_responder:
      return demand == OcspDemand::strict ? OcspVerdict::unanswered : OcspVerdict::accepted;
  }
  return OcspVerdict::unanswered;
}

bool answer_counts(UnixTime made, bool has_end, bool has_nonce, UnixTime now) {
  constexpr UnixTime kDay = 86400;
  return has_end || has_nonce || made >= now - kDay;
}

}  // namespace mod_tls::core
