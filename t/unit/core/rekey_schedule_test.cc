// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/rekey_schedule.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

using Time = RekeySchedule::Time;

Time at(int second) {
  return Time{seconds{1000 + second}};
}

}  // namespace

TEST_GROUP(RekeySchedule){};

TEST(RekeySchedule, WithoutLimitsNothingIsEverDue) {
  RekeySchedule schedule({}, at(0));
  schedule.moved(std::uint64_t{1} << 60U);
  CHECK_TRUE(schedule.next(at(1'000'000)) == RekeyStep::none);
}

TEST(RekeySchedule, KeysAreDueByAge) {
  RekeySchedule schedule({.age = seconds{10}}, at(0));
  CHECK_TRUE(schedule.next(at(9)) == RekeyStep::none);
  CHECK_TRUE(schedule.next(at(10)) == RekeyStep::ask);
  schedule.asked(at(10));
  CHECK_TRUE(schedule.next(at(30)) == RekeyStep::none);  // one request at a time
  schedule.answered(at(31));
  CHECK_TRUE(schedule.next(at(40)) == RekeyStep::none);
  CHECK_TRUE(schedule.next(at(41)) == RekeyStep::ask);
}

TEST(RekeySchedule, KeysAreDueByAmountOncePerLimit) {  // Q61
  RekeySchedule schedule({.bytes = 100}, at(0));
  schedule.moved(99);
  CHECK_TRUE(schedule.next(at(0)) == RekeyStep::none);
  schedule.moved(1);
  CHECK_TRUE(schedule.next(at(0)) == RekeyStep::ask);
  schedule.asked(at(0));
  schedule.moved(500);
  CHECK_TRUE(schedule.next(at(0)) == RekeyStep::none);
  schedule.answered(at(1));
  CHECK_TRUE(schedule.next(at(1)) == RekeyStep::none);
  schedule.moved(100);
  CHECK_TRUE(schedule.next(at(1)) == RekeyStep::ask);
}

TEST(RekeySchedule, OnlyWhereItIsRequiredAClientIsGivenUp) {
  for (const bool required : {false, true}) {
    RekeySchedule schedule({.age = seconds{10}, .timeout = seconds{5}, .required = required},
                           at(0));
    schedule.asked(at(10));
    CHECK_TRUE(schedule.next(at(14)) == RekeyStep::none);
    CHECK_TRUE(schedule.next(at(15)) == (required ? RekeyStep::give_up : RekeyStep::none));
    schedule.answered(at(16));
    CHECK_TRUE(schedule.next(at(17)) == RekeyStep::none);
  }
}

TEST(RekeySchedule, LimitsBelongToTheirChannel) {
  const RenegotiatePolicy policy{
      .control = seconds{7}, .data_kilobytes = 3, .timeout = seconds{9}, .required = true};
  const RekeyLimits control = control_limits(policy, RekeyMethod::renegotiation);
  const RekeyLimits data = data_limits(policy, RekeyMethod::renegotiation);
  CHECK_TRUE(control.age == seconds{7} && control.bytes == 0);
  CHECK_TRUE(data.age == seconds{0} && data.bytes == 3072);
  CHECK_TRUE(control.required && control.timeout == seconds{9} && data.required);
}

TEST(RekeySchedule, KeyUpdatesCutNobodyOff) {
  const RenegotiatePolicy policy{.control = seconds{7}, .data_kilobytes = 3, .required = true};
  CHECK_FALSE(control_limits(policy, RekeyMethod::key_update).required);
  CHECK_TRUE(control_limits(policy, RekeyMethod::key_update).age == seconds{7});
  CHECK_TRUE(data_limits(policy, RekeyMethod::key_update).bytes == 3072);
}

TEST(RekeySchedule, WhoMayRefuseIsNotAskedToRenegotiate) {  // R17
  const RenegotiatePolicy policy{.control = seconds{7}, .data_kilobytes = 3, .required = false};
  CHECK_TRUE(control_limits(policy, RekeyMethod::renegotiation).age == seconds{0});
  CHECK_TRUE(data_limits(policy, RekeyMethod::renegotiation).bytes == 0);
  CHECK_TRUE(control_limits(policy, RekeyMethod::key_update).age == seconds{7});
}

TEST(RekeySchedule, ClientsThatRenegotiateByThemselves) {  // Q7
  const OptionSet none;
  const OptionSet allowed{Option::allow_client_renegotiations};
  CHECK_TRUE(client_renegotiation({}, none) == ClientRenegotiation::abort);
  CHECK_TRUE(client_renegotiation({.control = seconds{5}}, none) == ClientRenegotiation::abort);
  CHECK_TRUE(client_renegotiation({.none_said = true}, none) == ClientRenegotiation::refuse);
  CHECK_TRUE(client_renegotiation({.none_said = true}, allowed) == ClientRenegotiation::allow);
}

TEST(RekeySchedule, ABudgetAllowsABurstAndThenOneASecond) {
  RekeyBudget budget;
  for (int i = 0; i < RekeyBudget::kBurst; i++) {
    CHECK_TRUE(budget.take(RekeyBudget::kKeyUpdateCost, at(0)));
  }
  CHECK_FALSE(budget.take(RekeyBudget::kKeyUpdateCost, at(0)));
  CHECK_TRUE(budget.take(RekeyBudget::kKeyUpdateCost, at(1)));
  CHECK_FALSE(budget.take(RekeyBudget::kKeyUpdateCost, at(1) + milliseconds{900}));
  CHECK_TRUE(budget.take(RekeyBudget::kKeyUpdateCost, at(2)));
}

TEST(RekeySchedule, ABudgetIsNeverFullerThanABurst) {
  RekeyBudget budget;
  CHECK_TRUE(budget.take(RekeyBudget::kKeyUpdateCost, at(0)));
  int taken = 0;
  while (budget.take(RekeyBudget::kRenegotiationCost, at(100'000))) taken++;
  LONGS_EQUAL(RekeyBudget::kBurst / RekeyBudget::kRenegotiationCost, taken);
}
