// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/ticket_key_policy.h"

#include <algorithm>
#include <set>

#include "words.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;
using mod_tls::test::split_words;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

struct Row {
  const char *line;
  const char *text;
};

constexpr Row kGood[] = {
    {"age 60", "age 60 count 25"},
    {"age 2h", "age 7200 count 25"},
    {"count 2", "age 43200 count 2"},
    {"count 1000", "age 43200 count 1000"},
    {"age 90 count 3", "age 90 count 3"},
    {"COUNT 3 Age 90", "age 90 count 3"},
    {"file /etc/secret", "age 43200 count 25 file /etc/secret"},
    {"file /etc/secret age 1h", "age 3600 count 25 file /etc/secret"},
    {"age 1h count 4 file /s", "age 3600 count 4 file /s"},
    {"age 1h age 2h", "age 7200 count 25"},
};

constexpr Row kBad[] = {
    {"", "wrong number of parameters"},
    {"age", "wrong number of parameters"},
    {"age 60 count", "wrong number of parameters"},
    {"age 60 count 3 file /s x", "wrong number of parameters"},
    {"age 60 count 3 file /s age 61", "wrong number of parameters"},
    {"age x", "error parsing age value 'x': Invalid argument"},
    {"age -5", "error parsing age value '-5': Numerical result out of range"},
    {"age 59", "max key age must be at least 60sec: '59'"},
    {"age 0", "max key age must be at least 60sec"},
    {"count -1", "error parsing count value '-1': Invalid argument"},
    {"count many", "error parsing count value 'many': Invalid argument"},
    {"count 1", "max key count must be at least 2: '1'"},
    {"count 0", "max key count must be at least 2"},
    {"count 1001", "max key count must be at most 1000: '1001'"},
    {"file secret", "file must be an absolute path: 'secret'"},
    {"file /a\001b", "file must be an absolute path: '"},
    {"days 3", "unknown parameter: days"},
};

TicketTime at(std::int64_t seconds_since_epoch) {
  return TicketTime{seconds{seconds_since_epoch}};
}

}  // namespace

TEST_GROUP(TicketKeyPolicy){};

TEST(TicketKeyPolicy, EveryFormIsTakenAndWhatIsNotSaidKeepsItsDefault) {  // Q59
  for (const Row &row : kGood) {
    const auto result = parse_ticket_keys(split_words(row.line));
    CHECK_TRUE_TEXT(result.ok(), row.line);
    STRCMP_EQUAL_TEXT(row.text, to_string(*result).c_str(), row.line);
  }
}

TEST(TicketKeyPolicy, OthersAreRefusedWithTheirReason) {  // Q59: the least count is named as it is
  for (const Row &row : kBad) {
    check_refused(parse_ticket_keys(split_words(row.line)), row.text, row.line);
  }
}

TEST(TicketKeyPolicy, KeysSealForAnHourOrLessThanTheirAge) {
  const std::pair<seconds, seconds> cases[] = {{hours{12}, seconds{3600}},
                                               {seconds{3601}, seconds{3600}},
                                               {seconds{3600}, seconds{3599}},
                                               {seconds{60}, seconds{59}}};
  for (const auto &[age, interval] : cases) {
    CHECK_TRUE(rotation_interval({.age = age}) == interval);
  }
}

TEST(TicketKeyPolicy, SlotsAreThoseThatStillOpenAndTheNextOne) {
  const TicketKeyPolicy policy{.age = hours{3}, .count = 25};
  const auto slots = slots_to_hold(policy, at(100 * 3600 + 10));
  const std::vector<TicketTime> expected{at(100 * 3600), at(99 * 3600), at(101 * 3600),
                                         at(98 * 3600)};
  CHECK_TRUE(expected == slots);
}

TEST(TicketKeyPolicy, SlotsAreNeverMoreThanTheCount) {
  for (const std::uint32_t count : {2U, 3U, 4U, 25U}) {
    const TicketKeyPolicy policy{.age = hours{100}, .count = count};
    const auto slots = slots_to_hold(policy, at(1'000'000'123));
    UNSIGNED_LONGS_EQUAL(count, slots.size());
    CHECK_TRUE(std::set<TicketTime>(slots.begin(), slots.end()).size() == count);
    CHECK_TRUE(slots.front() <= at(1'000'000'123));
  }
}

TEST(TicketKeyPolicy, HostsWithAlmostTheSameTimeShareTheSlotThatSeals) {
  const TicketKeyPolicy policy{.age = hours{2}, .count = 5};
  for (const std::int64_t now : {7199LL, 7200LL, 7201LL, 10799LL}) {
    const auto here = slots_to_hold(policy, at(now));
    for (const std::int64_t skew : {-30LL, 30LL}) {
      const auto there = slots_to_hold(policy, at(now + skew));
      CHECK_TRUE(std::ranges::find(here, there.front()) != here.end());
    }
  }
}
