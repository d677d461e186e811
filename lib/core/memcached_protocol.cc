// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/memcached_protocol.h"

#include <algorithm>
#include <array>

#include "core/reply_line.h"

namespace mod_tls::core {

namespace {

constexpr std::array kAnswers = std::to_array<PlainAnswer>({
    {KeyValueVerb::set, "STORED", KeyValueOutcome::done},
    {KeyValueVerb::get, "END", KeyValueOutcome::missing},
    {KeyValueVerb::remove, "DELETED", KeyValueOutcome::done},
    {KeyValueVerb::remove, "NOT_FOUND", KeyValueOutcome::missing},
});

constexpr std::string_view kTooLarge = "SERVER_ERROR object too large";

bool is_error(std::string_view line) {
  return line == "ERROR" || line == "NOT_STORED" || line.starts_with("CLIENT_ERROR ") ||
         line.starts_with("SERVER_ERROR ");
}

/// "VALUE <key> <flags> <bytes>": the number of bytes.
std::optional<std::size_t> announced_size(std::string_view line) {
  if (!line.starts_with("VALUE ") || std::ranges::count(line, ' ') != 3) return {};
  return parse_value_size(line.substr(line.rfind(' ') + 1));
}

std::string set_request(const KeyValueRequest &request) {
  std::string text = "set " + std::string(request.key) + " 0 " + std::to_string(request.expires) +
                     " " + std::to_string(request.value.size()) + "\r\n";
  text.append(request.value.begin(), request.value.end());
  return text + "\r\n";
}

}  // namespace

std::string MemcachedProtocol::request(const KeyValueRequest &request) const {
  switch (request.verb) {
    case KeyValueVerb::set:
      return set_request(request);
    case KeyValueVerb::get:
      return "get " + std::string(request.key) + "\r\n";
    case KeyValueVerb::remove:
      return "delete " + std::string(request.key) + "\r\n";
    case KeyValueVerb::probe:
      return "version\r\n";
  }
  return {};
}

ReplyScan MemcachedProtocol::scan(KeyValueVerb verb, std::string_view received) const {
  const auto first = first_line(received);
  if (!first) return unfinished_line(received);
  if (const auto outcome = plain_outcome(kAnswers, verb, first->line)) {
    return whole_reply(*first, *outcome);
  }
  if (first->line.starts_with(kTooLarge)) return whole_reply(*first, KeyValueOutcome::too_large);
  if (is_error(first->line)) return refusal(*first);
  if (verb == KeyValueVerb::probe && first->line.starts_with("VERSION ")) {
    return whole_reply(*first, KeyValueOutcome::done);
  }
  const auto size = verb == KeyValueVerb::get ? announced_size(first->line) : std::nullopt;
  return size ? value_reply(first->rest, *size, "\r\nEND\r\n") : broken_reply(received);
}

}  // namespace mod_tls::core
