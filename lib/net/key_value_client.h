// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <span>

#include "core/key_value.h"
#include "core/key_value_servers.h"
#include "net/resolver.h"
#include "net/socket.h"

namespace mod_tls::net {

/// Where a server listens, looked up once: sessions may not be able to any more. Takes `time` at
/// most.
core::Result<std::vector<Address>> addresses_of(const core::ServerAddress &server,
                                                std::chrono::milliseconds time);

/// ServerClient keeps one connection to a key-value server, and opens it when it is needed. One
/// made before a fork belongs to the process that made it, and is let go by the others.
class ServerClient final : public core::KeyValueClient {
 public:
  /// `protocol` outlives it.
  ServerClient(std::string name, std::vector<Address> addresses,
               const core::KeyValueProtocol &protocol, core::ServerTimes times)
      : name_(std::move(name)),
        addresses_(std::move(addresses)),
        protocol_(protocol),
        times_(times) {}

  [[nodiscard]] const std::string &name() const override { return name_; }
  core::KeyValueReply ask(const core::KeyValueRequest &request) override;
  void hang_up() override {
    connection_.reset();
    probe_.reset();
  }
  Probe begin_probe() override;
  Probe probe() override;

 private:
  struct Ending {
    core::KeyValueReply reply;
    bool stale = false;  ///< The server had ended the connection before it was used again.
  };

  core::Status connect(Deadline end);
  Probe look_at_probe();
  void next_address();
  core::KeyValueReply greet(Deadline end);
  [[nodiscard]] core::KeyValueReply explained(core::KeyValueReply reply) const;
  core::KeyValueReply ask_anew(const core::KeyValueRequest &request, Deadline end);
  Ending exchange(core::KeyValueVerb verb, const std::string &request, Deadline end);
  core::KeyValueReply receive(core::KeyValueVerb verb, Deadline deadline);

  std::string name_;
  std::vector<Address> addresses_;  ///< The one to try next is in front.
  const core::KeyValueProtocol &protocol_;
  core::ServerTimes times_;
  std::optional<Socket> connection_;
  std::optional<Socket> probe_;
  bool probe_sent_ = false;
  std::string login_refusal_;  ///< What the server has against the password, on this connection.
  pid_t process_ = 0;
};

}  // namespace mod_tls::net
