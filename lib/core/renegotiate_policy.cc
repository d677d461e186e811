// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/renegotiate_policy.h"

#include "core/ascii.h"
#include "core/boolean.h"
#include "core/duration.h"

namespace mod_tls::core {

namespace {

using std::chrono::seconds;

Error bad_value(const char *what, std::string_view word, const char *allowed) {
  return {Errc::bad_value, what + (": " + quoted(word)) + " (allowed: " + allowed + ")"};
}

/// Whole numbers; negative ones have always meant "no limit" and are 0 here.
Result<seconds> parse_limit(std::string_view word, const char *what) {
  const bool negative = word.starts_with('-');
  const auto number = parse_seconds(negative ? word.substr(1) : word);
  if (!number) return bad_value(what, word, "a whole number up to 2147483647; 0 for no limit");
  return negative ? seconds{0} : *number;
}

Status set_control(RenegotiatePolicy &policy, std::string_view word) {
  auto limit = parse_limit(word, "ctrl must be valid number");
  if (!limit) return std::move(limit).error();
  policy.control = *limit;
  return success();
}

Status set_data(RenegotiatePolicy &policy, std::string_view word) {
  auto limit = parse_limit(word, "data must be valid number");
  if (!limit) return std::move(limit).error();
  policy.data_kilobytes = static_cast<std::uint64_t>(limit->count());
  return success();
}

Status set_timeout(RenegotiatePolicy &policy, std::string_view word) {
  const auto timeout = parse_seconds(word);
  if (!timeout || timeout.value().count() == 0) {
    return bad_value("timeout must be greater than zero", word, "1 and more seconds");
  }
  policy.timeout = *timeout;
  return success();
}

Status set_required(RenegotiatePolicy &policy, std::string_view word) {
  const auto boolean = parse_boolean(word);
  if (!boolean) return bad_value("required must be a Boolean value", word, "on, off");
  policy.required = *boolean;
  return success();
}

struct Key {
  std::string_view name;
  Status (*set)(RenegotiatePolicy &policy, std::string_view word);
};

constexpr Key kKeys[] = {{"ctrl", set_control},
                         {"data", set_data},
                         {"timeout", set_timeout},
                         {"required", set_required}};

const Key *find_key(std::string_view name) {
  for (const Key &key : kKeys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

Error unknown_key(std::string_view word) {
  // The colon in front is part of the message that tools have learned to match.
  return {Errc::bad_value, ": unknown TLSRenegotiate argument " + quoted(word) +
                               " (allowed: none alone, or ctrl, data, timeout and required, each "
                               "with its value)"};
}

}  // namespace

Result<RenegotiatePolicy> parse_renegotiate(std::span<const std::string_view> words) {
  if (words.empty() || words.size() > 2 * std::size(kKeys)) {
    return Error{Errc::bad_syntax, "wrong number of parameters"};
  }
  if (words.size() == 1 && equal_ignoring_case(words[0], "none"))
    return RenegotiatePolicy{.none_said = true};
  RenegotiatePolicy policy{.required = true};
  for (; !words.empty(); words = words.subspan(2)) {
    const Key *key = find_key(words[0]);
    if (key == nullptr) return unknown_key(words[0]);
    if (words.size() == 1) {
      return Error{Errc::bad_syntax, "missing parameters: " + quoted(words[0]) + " has no value"};
    }
    if (auto status = key->set(policy, words[1]); !status) return std::move(status).error();
  }
  return policy;
}

std::string to_string(const RenegotiatePolicy &policy) {
  if (policy == RenegotiatePolicy{} || policy.none_said) return "none";
  return "ctrl " + std::to_string(policy.control.count()) + " data " +
         std::to_string(policy.data_kilobytes) + " timeout " +
         std::to_string(policy.timeout.count()) + " required " + (policy.required ? "on" : "off");
}

}  // namespace mod_tls::core
