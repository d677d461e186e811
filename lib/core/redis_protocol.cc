// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/redis_protocol.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "core/reply_line.h"

namespace mod_tls::core {

namespace {

using Words = std::initializer_list<std::string_view>;

std::string command(Words words) {
  std::string text = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string_view word : words) {
    text += "$" + std::to_string(word.size()) + "\r\n";
    text += word;
    text += "\r\n";
  }
  return text;
}

std::string set_request(const KeyValueRequest &request) {
  const std::string value(request.value.begin(), request.value.end());
  if (request.expires == 0) return command({"SET", request.key, value});
  const std::int64_t life = std::max<std::int64_t>(request.expires - request.now, 1);
  return command({"SET", request.key, value, "EX", std::to_string(life)});
}

constexpr std::array kAnswers = std::to_array<PlainAnswer>({
    {KeyValueVerb::set, "+OK", KeyValueOutcome::done},
    {KeyValueVerb::get, "$-1", KeyValueOutcome::missing},
    {KeyValueVerb::remove, ":1", KeyValueOutcome::done},
    {KeyValueVerb::remove, ":0", KeyValueOutcome::missing},
    {KeyValueVerb::probe, "+OK", KeyValueOutcome::done},
    {KeyValueVerb::probe, "+PONG", KeyValueOutcome::done},
});

}  // namespace

std::vector<KeyValueProtocol::Greeting> RedisProtocol::greeting() const {
  std::vector<Greeting> lines;
  if (!login_.password.empty()) {
    lines.push_back({.request = login_.user.empty()
                                    ? command({"AUTH", login_.password})
                                    : command({"AUTH", login_.user, login_.password}),
                     .password = login_.password,
                     .directive = "RedisServer"});
  }
  // Or else entries would go to the database of somebody else.
  if (!login_.database.empty()) lines.push_back({command({"SELECT", login_.database}), true});
  return lines;
}

std::string RedisProtocol::request(const KeyValueRequest &request) const {
  switch (request.verb) {
    case KeyValueVerb::set:
      return set_request(request);
    case KeyValueVerb::get:
      return command({"GET", request.key});
    case KeyValueVerb::remove:
      return command({"DEL", request.key});
    case KeyValueVerb::probe:
      return command({"PING"});
  }
  return {};
}

ReplyScan RedisProtocol::scan(KeyValueVerb verb, std::string_view received) const {
  const auto first = first_line(received);
  if (!first) return unfinished_line(received);
  if (const auto outcome = plain_outcome(kAnswers, verb, first->line)) {
    return whole_reply(*first, *outcome);
  }
  if (first->line.starts_with('-')) return refusal(*first);
  const auto size = verb == KeyValueVerb::get && first->line.starts_with('$')
                        ? parse_value_size(first->line.substr(1))
                        : std::nullopt;
  return size ? value_reply(first->rest, *size, "\r\n") : broken_reply(received);
}

/// NOPERM: the user who needs no password may do less than the one who was meant.
bool RedisProtocol::wants_login(std::string_view reason) const {
  return reason.find("-NOAUTH ") != std::string_view::npos ||
         reason.find("-NOPERM ") != std::string_view::npos;
}

}  // namespace mod_tls::core
