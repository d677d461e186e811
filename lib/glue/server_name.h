// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

#include "core/server_policy.h"
#include "glue/proftpd.h"
#include "ossl/client_hello.h"

namespace mod_tls::glue {

/// ServerChoice decides on the name that a client sends in the handshake of its control connection
/// (SNI), and remembers where it leads. What has to be told (the note and the event of the name,
/// log lines of a refusal) is told at once.
class ServerChoice {
 public:
  /// `policy` is that of the current server and outlives the choice.
  explicit ServerChoice(const core::ServerPolicy &policy) : policy_(policy) {}

  /// What ossl::set_name_hook() asks. Throws nothing.
  core::ServerNameDecision decide(const ossl::HelloFacts &hello) noexcept;

  /// The other server that the handshake and the session have to go to; nullptr if they stay.
  [[nodiscard]] server_rec *other_server() const { return other_; }
  /// Its name, as the client sent it.
  [[nodiscard]] const std::string &name() const { return name_; }
  /// Whether the client was refused for its name, and what it may be told of it.
  [[nodiscard]] bool refused() const { return refused_; }
  [[nodiscard]] const std::string &told() const { return told_; }

 private:
  core::ServerNameDecision consider(const ossl::HelloFacts &hello);

  const core::ServerPolicy &policy_;
  std::string name_;
  server_rec *other_ = nullptr;
  std::string told_;
  bool refused_ = false;
};

}  // namespace mod_tls::glue
