// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/session_reuse.h"

#include <array>

#include "CppUTest/TestHarness.h"

using mod_tls::core::judge_reuse;
using mod_tls::core::kBindingSize;
using mod_tls::core::ReuseVerdict;

namespace {

using Binding = std::array<std::byte, kBindingSize>;

Binding binding(int seed) {
  Binding id{};
  id.fill(std::byte{static_cast<unsigned char>(seed)});
  return id;
}

/// The judgement of ids, under both kinds of policy.
struct Judged {
  ReuseVerdict strict;
  ReuseVerdict relaxed;
};

Judged judge(bool resumed, std::span<const std::byte> control, std::span<const std::byte> data) {
  return {
      judge_reuse({.required = true, .resumed = resumed, .control = control, .data = data}),
      judge_reuse({.required = false, .resumed = resumed, .control = control, .data = data}),
  };
}

void check_refused(const Judged &judged, ReuseVerdict reason) {
  CHECK(judged.strict == reason);
  CHECK(judged.relaxed == ReuseVerdict::not_required);
}

}  // namespace

TEST_GROUP(SessionReuse) {
  Binding mine = binding(1);
  Binding copy = binding(1);
  Binding other = binding(2);
};

TEST(SessionReuse, ResumedWithTheSameBindingIsAcceptedUnderAnyPolicy) {
  const Judged judged = judge(true, mine, copy);
  CHECK(judged.strict == ReuseVerdict::accepted);
  CHECK(judged.relaxed == ReuseVerdict::accepted);
}

TEST(SessionReuse, FullHandshakeIsNotResumed) {
  check_refused(judge(false, mine, {}), ReuseVerdict::not_resumed);
}

TEST(SessionReuse, FullHandshakeIsNotResumedEvenIfItCarriesTheBinding) {
  check_refused(judge(false, mine, copy), ReuseVerdict::not_resumed);
}

TEST(SessionReuse, AnotherBindingIsAnotherSession) {
  check_refused(judge(true, mine, other), ReuseVerdict::other_session);
}

TEST(SessionReuse, OneDifferentByteIsAnotherSessionWhereverItStands) {
  for (std::byte &byte : copy) {
    byte = std::byte{0x81};
    check_refused(judge(true, mine, copy), ReuseVerdict::other_session);
    byte = std::byte{1};
  }
}

TEST(SessionReuse, MissingBindingIsAnotherSession) {
  check_refused(judge(true, mine, {}), ReuseVerdict::other_session);
  check_refused(judge(true, {}, copy), ReuseVerdict::other_session);
}

TEST(SessionReuse, EmptyBindingsAreNotTheSame) {
  check_refused(judge(true, {}, {}), ReuseVerdict::other_session);
}

TEST(SessionReuse, BindingsOfTheWrongSizeNeverMatch) {
  const auto shorter = std::span{mine}.first(kBindingSize - 1);
  const std::array<std::byte, kBindingSize + 1> longer{};
  check_refused(judge(true, shorter, shorter), ReuseVerdict::other_session);
  check_refused(judge(true, longer, longer), ReuseVerdict::other_session);
  check_refused(judge(true, mine, shorter), ReuseVerdict::other_session);
}
