// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/ticket_key_policy.h"

#include <algorithm>
#include <iterator>

#include "core/ascii.h"
#include "core/duration.h"

namespace mod_tls::core {

namespace {

using std::chrono::seconds;

constexpr seconds kLeastAge{60};
constexpr std::int64_t kLeastCount = 2;
constexpr std::int64_t kMostCount = 1000;
constexpr seconds kLongestInterval{3600};

Status set_age(TicketKeyPolicy &policy, std::string_view word) {
  auto age = parse_duration(word);
  if (!age) {
    return Error{age.error().code, "error parsing age value " + quoted(word) + ": " +
                                       age.error().message +
                                       " (allowed: " + std::string(kDurationSyntax) + ")"};
  }
  if (*age < kLeastAge) {
    return Error{Errc::bad_value, "max key age must be at least 60sec: " + quoted(word)};
  }
  policy.age = *age;
  return success();
}

Status set_count(TicketKeyPolicy &policy, std::string_view word) {
  const auto number = parse_seconds(word);
  if (!number) {
    return Error{Errc::bad_value, "error parsing count value " + quoted(word) +
                                      ": Invalid argument (allowed: 2 to 1000)"};
  }
  if (number.value().count() < kLeastCount) {
    return Error{Errc::bad_value, "max key count must be at least 2: " + quoted(word)};
  }
  if (number.value().count() > kMostCount) {
    return Error{Errc::bad_value, "max key count must be at most 1000: " + quoted(word)};
  }
  policy.count = static_cast<std::uint32_t>(number.value().count());
  return success();
}

Status set_file(TicketKeyPolicy &policy, std::string_view word) {
  if (!word.starts_with('/') || has_control_character(word)) {
    return Error{Errc::bad_value, "file must be an absolute path: " + quoted(word) +
                                      " (it starts with /, without control characters)"};
  }
  policy.secret_file = word;
  return success();
}

struct Key {
  std::string_view name;
  Status (*set)(TicketKeyPolicy &policy, std::string_view word);
};

constexpr Key kKeys[] = {{"age", set_age}, {"count", set_count}, {"file", set_file}};

const Key *find_key(std::string_view name) {
  const auto *key = std::find_if(std::begin(kKeys), std::end(kKeys),
                                 [&](const Key &k) { return equal_ignoring_case(k.name, name); });
  return key == std::end(kKeys) ? nullptr : key;
}

}  // namespace

Result<TicketKeyPolicy> parse_ticket_keys(std::span<const std::string_view> words) {
  if (words.empty() || words.size() > 2 * std::size(kKeys) || words.size() % 2 != 0) {
    return Error{Errc::bad_syntax, "wrong number of parameters"};
  }
  TicketKeyPolicy policy;
  for (; !words.empty(); words = words.subspan(2)) {
    const Key *key = find_key(words[0]);
    if (key == nullptr) {
      return Error{Errc::bad_value, "unknown parameter: " + printable(words[0]) +
                                        " (allowed: age, count and file, each with its value)"};
    }
    if (auto status = key->set(policy, words[1]); !status) return std::move(status).error();
  }
  return policy;
}

std::string to_string(const TicketKeyPolicy &policy) {
  std::string text =
      "age " + std::to_string(policy.age.count()) + " count " + std::to_string(policy.count);
  if (!policy.secret_file.empty()) text += " file " + policy.secret_file;
  return text;
}

seconds rotation_interval(const TicketKeyPolicy &policy) {
  return std::min(kLongestInterval, policy.age - seconds{1});
}

std::vector<TicketTime> slots_to_hold(const TicketKeyPolicy &policy, TicketTime now) {
  const seconds interval = rotation_interval(policy);
  const TicketTime current = now - now.time_since_epoch() % interval;
  const std::size_t limit = std::max(policy.count, std::uint32_t{kLeastCount});
  std::vector<TicketTime> slots{current, current - interval};
  if (limit > slots.size()) slots.push_back(current + interval);
  for (TicketTime slot = current - 2 * interval; slot + policy.age > now; slot -= interval) {
    if (slots.size() >= limit) break;
    slots.push_back(slot);
  }
  return slots;
}

}  // namespace mod_tls::core
