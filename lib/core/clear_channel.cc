// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/clear_channel.h"

#include <algorithm>

#include "core/decision_table.h"

namespace mod_tls::core {

namespace {

using table::always;
using table::control_clear;
using table::control_required;
using table::decide;
using table::limit_denies;
using table::no_mechanism;
using table::refusal;
using table::Row;
using table::transferring;

// clang-format off
constexpr Row kCcc[] = {
    {no_mechanism, Effect::decline, 0, "", ""},
    refusal(control_clear, FailureReason::ccc_in_clear),
    refusal(transferring, FailureReason::ccc_during_transfer),
    refusal(control_required, FailureReason::ccc_refused),
    refusal(limit_denies, FailureReason::ccc_denied),
    {always, Effect::clear_control, 200, "Clearing control channel protection",
     "received CCC, clearing control channel protection"},
};
// clang-format on

constexpr std::size_t kHeader = 5;
constexpr std::size_t kLengthAt = 3;  // two bytes, high one first

}  // namespace

Decision decide_ccc(const SecurityState &state, const SecurityRules &rules,
                    std::span<const std::string_view> args) {
  return decide(kCcc, {state, rules, args});
}

bool starts_tls_record(std::byte first) {
  constexpr std::byte kChangeCipherSpec{20};
  constexpr std::byte kApplicationData{23};
  return first >= kChangeCipherSpec && first <= kApplicationData;
}

void RecordBoundary::pass(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    if (header_ < kHeader) {
      bytes = bytes.subspan(take_header(bytes));
    } else {
      const std::size_t n = std::min(body_, bytes.size());
      body_ -= n;
      bytes = bytes.subspan(n);
    }
    if (header_ == kHeader && body_ == 0) header_ = 0;
  }
}

/// Takes what is there of a header, one byte at a time: they rarely come in pieces.
std::size_t RecordBoundary::take_header(std::span<const std::byte> bytes) {
  std::size_t n = 0;
  for (; n < bytes.size() && header_ < kHeader; n++, header_++) {
    if (header_ == 0) body_ = 0;
    if (header_ >= kLengthAt) body_ = (body_ << 8) + std::to_integer<std::size_t>(bytes[n]);
  }
  return n;
}

}  // namespace mod_tls::core
