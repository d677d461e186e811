// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/required_policy.h"

#include <string>

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;

namespace {

struct Good {
  const char *word = nullptr;
  RequiredPolicy policy;
  const char *shown = nullptr;
};

constexpr auto kAllowed = DataRule::allowed;
constexpr auto kRequired = DataRule::required;
constexpr auto kRefused = DataRule::refused;

constexpr Good kGood[] = {
    {"on", {true, true, kRequired}, "on"},
    {"both", {true, true, kRequired}, "on"},
    {"ctrl+data", {true, true, kRequired}, "on"},
    {"ON", {true, true, kRequired}, "on"},
    {"Yes", {true, true, kRequired}, "on"},
    {"1", {true, true, kRequired}, "on"},
    {"off", {false, false, kAllowed}, "off"},
    {"Off", {false, false, kAllowed}, "off"},
    {"FALSE", {false, false, kAllowed}, "off"},
    {"ctrl", {true, true, kAllowed}, "ctrl"},
    {"control", {true, true, kAllowed}, "ctrl"},
    {"data", {false, false, kRequired}, "data"},
    {"!data", {false, false, kRefused}, "!data"},
    {"ctrl+!data", {true, true, kRefused}, "ctrl+!data"},
    {"auth", {true, false, kAllowed}, "auth"},
    {"auth+data", {true, false, kRequired}, "auth+data"},
    {"auth+!data", {true, false, kRefused}, "auth+!data"},
};

constexpr const char *kBad[] = {"",      "Ctrl",  "Both",      "AUTH",         "data+ctrl",
                                "!ctrl", "+data", "auth+ctrl", "control+data", "auth + data",
                                "maybe"};

}  // namespace

TEST_GROUP(RequiredPolicy){};

TEST(RequiredPolicy, EveryValueHasItsThreeComponents) {
  for (const Good &row : kGood) {
    const auto result = parse_required(row.word);
    CHECK_TRUE_TEXT(result.ok(), row.word);
    CHECK_TRUE_TEXT(*result == row.policy, row.word);
  }
}

TEST(RequiredPolicy, IsShownAsItsShortestValue) {
  for (const Good &row : kGood) {
    STRCMP_EQUAL(row.shown, std::string(to_string(row.policy)).c_str());
  }
}

TEST(RequiredPolicy, AProtectedControlChannelCoversAuthentication) {
  STRCMP_EQUAL("ctrl", std::string(to_string({false, true, kAllowed})).c_str());
}

TEST(RequiredPolicy, OtherWordsAndOtherCaseAreBadParameters) {
  for (const char *word : kBad) {
    const std::string start = "bad parameter: '" + std::string(word) + "' (allowed";
    check_refused(parse_required(word), start.c_str(), word);
  }
}
