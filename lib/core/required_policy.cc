// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/required_policy.h"

#include <optional>

#include "core/ascii.h"
#include "core/boolean.h"

namespace mod_tls::core {

namespace {

struct RequiredWord {
  std::string_view word;
  RequiredPolicy policy;
};

constexpr RequiredPolicy kOn{true, true, DataRule::required};
constexpr RequiredPolicy kOff{};

// The first row of a policy is how it is shown.
constexpr RequiredWord kWords[] = {
    {"on", kOn},
    {"both", kOn},
    {"ctrl+data", kOn},
    {"off", kOff},
    {"ctrl", {true, true, DataRule::allowed}},
    {"control", {true, true, DataRule::allowed}},
    {"data", {false, false, DataRule::required}},
    {"!data", {false, false, DataRule::refused}},
    {"ctrl+!data", {true, true, DataRule::refused}},
    {"auth", {true, false, DataRule::allowed}},
    {"auth+data", {true, false, DataRule::required}},
    {"auth+!data", {true, false, DataRule::refused}},
};

}  // namespace

Result<RequiredPolicy> parse_required(std::string_view word) {
  if (const std::optional<bool> boolean = parse_boolean(word)) return *boolean ? kOn : kOff;
  for (const RequiredWord &row : kWords) {
    if (row.word == word) return row.policy;
  }
  return Error{Errc::bad_value, "bad parameter: " + quoted(word) +
                                    " (allowed, in lower case: on, off, both, ctrl, control, data,"
                                    " !data, ctrl+data, ctrl+!data, auth, auth+data, auth+!data)"};
}

std::string_view to_string(const RequiredPolicy &policy) {
  // A protected control channel covers authentication.
  const RequiredPolicy wanted{policy.auth || policy.control, policy.control, policy.data};
  for (const RequiredWord &row : kWords) {
    if (row.policy == wanted) return row.word;
  }
  return "off";
}

}  // namespace mod_tls::core
