// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/renegotiate_policy.h"

#include "words.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;
using mod_tls::test::split_words;

namespace {

struct Row {
  const char *line;
  const char *outcome;
};

constexpr Row kValid[] = {
    {"none", "none"},
    {"NONE", "none"},
    {"required off", "none"},
    {"required on", "ctrl 0 data 0 timeout 30 required on"},
    {"ctrl 1500 timeout 300", "ctrl 1500 data 0 timeout 300 required on"},
    {"ctrl -1 data -5", "ctrl 0 data 0 timeout 30 required on"},
    {"data 25165824 ctrl 14400 required true timeout 1",
     "ctrl 14400 data 25165824 timeout 1 required on"},
};

constexpr Row kInvalid[] = {
    {"", "wrong number of parameters"},
    {"ctrl 1 data 1 timeout 1 required on x", "wrong number of parameters"},
    {"ctrl", "missing parameters: 'ctrl' has no value"},
    {"ctrl 1 data", "missing parameters: 'data' has no value"},
    {"timeout", "missing parameters: 'timeout' has no value"},
    {"required", "missing parameters: 'required' has no value"},
    {"ctrl many", "ctrl must be valid number: 'many'"},
    {"data 1x", "data must be valid number: '1x'"},
    {"data --1", "data must be valid number: '--1'"},
    {"timeout 0", "timeout must be greater than zero: '0'"},
    {"timeout -1", "timeout must be greater than zero: '-1'"},
    {"timeout soon", "timeout must be greater than zero: 'soon'"},
    {"required maybe", "required must be a Boolean value: 'maybe'"},
    {"Ctrl 5", ": unknown TLSRenegotiate argument 'Ctrl'"},
    {"none ctrl", ": unknown TLSRenegotiate argument 'none'"},
};

}  // namespace

TEST_GROUP(RenegotiatePolicy){};

TEST(RenegotiatePolicy, EveryFormIsRead) {
  for (const Row &row : kValid) {
    const auto policy = parse_renegotiate(split_words(row.line));
    CHECK_TRUE_TEXT(policy.ok(), row.line);
    STRCMP_EQUAL_TEXT(row.outcome, to_string(*policy).c_str(), row.line);
  }
}

TEST(RenegotiatePolicy, Q30AKeyWithoutValueAndOtherWrongFormsAreErrors) {
  for (const Row &row : kInvalid) {
    check_refused(parse_renegotiate(split_words(row.line)), row.outcome, row.line);
  }
}
