// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "core/key_value.h"

namespace mod_tls::core {

/// The words of RedisServer behind the address.
struct RedisLogin {
  std::string user = {};  ///< Empty: the password alone is sent.
  std::string password = {};
  std::string database = {};  ///< Its index; empty for the server's first.

  friend bool operator==(const RedisLogin &, const RedisLogin &) = default;
};

/// RESP, the protocol of Redis and its relatives (redis.io/docs/reference/protocol-spec),
/// version 2.
class RedisProtocol final : public KeyValueProtocol {
 public:
  explicit RedisProtocol(RedisLogin login) : login_(std::move(login)) {}

  [[nodiscard]] std::vector<Greeting> greeting() const override;
  [[nodiscard]] std::string request(const KeyValueRequest &request) const override;
  [[nodiscard]] ReplyScan scan(KeyValueVerb verb, std::string_view received) const override;
  [[nodiscard]] bool wants_login(std::string_view reason) const override;

 private:
  RedisLogin login_;
};

}  // namespace mod_tls::core
