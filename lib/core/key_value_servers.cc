// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/key_value_servers.h"

#include <algorithm>
#include <charconv>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

using std::chrono::milliseconds;
using Words = std::span<const std::string_view>;

constexpr milliseconds kLongestTime{60'000};

std::optional<unsigned int> parse_number(std::string_view text, unsigned int most) {
  unsigned int number = 0;
  const char *end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stopped != end || number > most) return {};
  return number;
}

Error bad_address(std::string_view word) {
  return {Errc::bad_value, quoted(word) +
                               " is no address of a server (wanted: host, host:port, "
                               "[IPv6 address]:port, or the path of a local socket)"};
}

/// Where the port's colon is, or npos: a lone IPv6 address has colons and no port.
std::size_t port_colon(std::string_view word) {
  if (!word.starts_with('[')) {
    return std::ranges::count(word, ':') == 1 ? word.find(':') : std::string_view::npos;
  }
  const std::size_t end = word.find("]:");
  return end == std::string_view::npos ? end : end + 1;
}

std::string_view without_brackets(std::string_view host) {
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

Result<milliseconds> parse_time(std::string_view word, milliseconds otherwise) {
  const auto number = parse_number(word, static_cast<unsigned int>(kLongestTime.count()));
  if (!number) {
    return Error{Errc::bad_value, quoted(word) + " is no time-out (wanted: milliseconds, up to " +
                                      std::to_string(kLongestTime.count()) + ")"};
  }
  return *number == 0 ? otherwise : milliseconds{*number};
}

Error wrong_number() {
  return {Errc::bad_syntax, "wrong number of parameters"};
}

/// The first is to connect; the longest of the others, for an answer.
Result<ServerTimes> times_of(Words words) {
  ServerTimes times;
  const auto connect = parse_time(words.front(), times.connect);
  if (!connect) return connect.error();
  milliseconds longest{0};
  for (const std::string_view word : words.subspan(1)) {
    const auto time = parse_time(word, times.answer);
    if (!time) return time.error();
    longest = std::max(longest, *time);
  }
  return ServerTimes{*connect, longest};
}

/// FNV-1a, finished so that all bits depend on all others.
std::uint64_t weight_of(std::string_view key, std::string_view server) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const std::string_view text : {server, key}) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    hash ^= hash >> 29;
  }
  hash = (hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15ULL;
  return hash ^ (hash >> 29);
}

}  // namespace

std::string text_of(const ServerAddress &address) {
  if (address.is_local()) return address.host;
  const bool colons = address.host.find(':') != std::string::npos;
  return (colons ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

Result<ServerAddress> parse_server_address(std::string_view word, std::uint16_t default_port) {
  if (word.empty() || has_control_character(word)) return bad_address(word);
  if (word.starts_with('/')) return ServerAddress{std::string(word), 0};
  const std::size_t colon = port_colon(word);
  ServerAddress address{std::string(without_brackets(word.substr(0, colon))), default_port};
  if (colon != std::string_view::npos) {
    const auto port = parse_number(word.substr(colon + 1), UINT16_MAX);
    if (!port || *port == 0) return bad_address(word);
    address.port = static_cast<std::uint16_t>(*port);
  }
  if (address.host.empty() || address.host.find_first_of("[]/ ") != std::string::npos) {
    return bad_address(word);
  }
  return address;
}

Result<std::vector<ServerAddress>> parse_memcache_servers(Words words) {
  std::vector<ServerAddress> servers;
  for (std::string_view word : words) {
    while (!word.empty()) {
      const std::string_view one = word.substr(0, word.find(','));
      word.remove_prefix(std::min(word.size(), one.size() + 1));
      if (one.empty()) continue;
      auto address = parse_server_address(one, kMemcachedPort);
      if (!address) return std::move(address).error();
      if (std::ranges::find(servers, *address) == servers.end()) {
        servers.push_back(std::move(*address));
      }
    }
  }
  if (servers.empty()) return bad_address("");
  return servers;
}

Result<RedisServer> parse_redis_server(Words words) {
  const auto word = [&](std::size_t i) {
    return i < words.size() ? std::string(words[i]) : std::string();
  };
  auto address = parse_server_address(word(0), kRedisPort);
  if (!address) return std::move(address).error();
  RedisServer server{std::move(*address), {word(1), word(2), word(3)}};
  if (!server.login.database.empty() && !parse_number(server.login.database, INT32_MAX)) {
    // It may be the password, in a wrong place.
    return Error{Errc::bad_value,
                 "the last word is no number of a database (wanted: address, user, password, 0)"};
  }
  return server;
}

Result<ServerTimes> parse_memcache_times(Words words) {
  if (words.size() != 3 && words.size() != 4) return wrong_number();
  return times_of(words.first(3));
}

Result<ServerTimes> parse_redis_times(Words words) {
  if (words.size() != 2) return wrong_number();
  return times_of(words);
}

std::optional<std::size_t> server_for(std::string_view key,
                                      std::span<const std::string_view> servers,
                                      std::span<const bool> usable) {
  std::optional<std::size_t> best;
  std::uint64_t heaviest = 0;
  for (std::size_t i = 0; i < servers.size(); i++) {
    const std::uint64_t weight = weight_of(key, servers[i]);
    if (!usable[i] || (best && weight <= heaviest)) continue;
    best = i;
    heaviest = weight;
  }
  return best;
}

}  // namespace mod_tls::core
