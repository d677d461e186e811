// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/redis_protocol.h"
#include "core/result.h"

namespace mod_tls::core {

/// Where a key-value server listens.
struct ServerAddress {
  std::string host;        ///< A name, an address without brackets, or the path of a local socket.
  std::uint16_t port = 0;  ///< 0 for a local socket.

  [[nodiscard]] bool is_local() const { return host.starts_with('/'); }
  friend bool operator==(const ServerAddress &, const ServerAddress &) = default;
};

/// "host:port", "[address]:port" or the path.
[[nodiscard]] std::string text_of(const ServerAddress &address);

/// Reads such a text; the port may be left out. The error says what is wanted.
Result<ServerAddress> parse_server_address(std::string_view word, std::uint16_t default_port);

/// The words of MemcacheServers: addresses, apart by spaces or commas.
Result<std::vector<ServerAddress>> parse_memcache_servers(std::span<const std::string_view> words);

inline constexpr std::uint16_t kMemcachedPort = 11211;
inline constexpr std::uint16_t kRedisPort = 6379;

/// The words of RedisServer: an address, then user, password and number of a database as far as
/// they are given. As with the host, a user without a password is not sent.
struct RedisServer {
  ServerAddress address = {};
  RedisLogin login = {};
};
Result<RedisServer> parse_redis_server(std::span<const std::string_view> words);

/// How long a server may take.
struct ServerTimes {
  std::chrono::milliseconds connect{500};
  std::chrono::milliseconds answer{500};  ///< From the request to the last byte of the reply.

  friend bool operator==(const ServerTimes &, const ServerTimes &) = default;
};

/// The words of MemcacheTimeouts, in milliseconds: to connect, read and write, and a fourth that is
/// ignored. The longer one of read and write counts for an answer. 0 stands for the default.
Result<ServerTimes> parse_memcache_times(std::span<const std::string_view> words);
/// The words of RedisTimeouts: to connect, and for input and output.
Result<ServerTimes> parse_redis_times(std::span<const std::string_view> words);

/// Which of `servers` (their names, all hosts in one pool have the same) keeps an entry: one that
/// is `usable`, and the same one as long as it is, however many others come and go (rendezvous
/// hashing). Empty if none is usable. Both spans have the same size.
std::optional<std::size_t> server_for(std::string_view key,
                                      std::span<const std::string_view> servers,
                                      std::span<const bool> usable);

}  // namespace mod_tls::core
