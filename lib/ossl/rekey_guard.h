// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>

#include "core/failure_reason.h"
#include "core/rekey_schedule.h"
#include "core/result.h"
#include "ossl/byte_bio.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// How `ssl` gets new keys, by its protocol version.
[[nodiscard]] core::RekeyMethod rekey_method(const SSL *ssl);

/// Who is to have new keys.
enum class NewKeys {
  ours,  ///< For what we send; needs no answer (TLS 1.3 only, renegotiation is for both).
  both,
};

/// RekeyGuard asks the client of a finished handshake for new keys, and watches what the client
/// does to them: a renegotiation that is not allowed, or floods of key updates, end the connection.
class RekeyGuard {
 public:
  /// Watches `ssl`, which reads from `bio`, from now on; both must be there as long as the guard.
  RekeyGuard(SSL *ssl, ByteBio &bio, core::ClientRenegotiation rule);
  RekeyGuard(const RekeyGuard &) = delete;
  RekeyGuard &operator=(const RekeyGuard &) = delete;
  ~RekeyGuard();

  /// Has the library ask with its next output. The error's message is in its words.
  core::Status ask(NewKeys which);
  /// Whether what was asked for has been done; true once per request.
  bool answered();

  /// Why the connection must end; empty if it need not.
  [[nodiscard]] std::optional<core::FailureReason> fault() const { return fault_; }

 private:
  struct Hooks;  // the callback of the library

  void on_message(unsigned char type);
  void on_refusal();
  void on_client_hello();
  void end(core::FailureReason fault);

  SSL *ssl_;
  ByteBio &bio_;
  core::ClientRenegotiation rule_;
  core::RekeyBudget budget_;
  bool waiting_ = false;
  bool came_ = false;
  std::optional<core::FailureReason> fault_;
};

}  // namespace mod_tls::ossl
