// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "core/server_report.h"
#include "core/ticket_ring.h"
#include "ossl/handles.h"
#include "ossl/locked_memory.h"

namespace mod_tls::ossl {

/// The least that a file of TLSSessionTicketKeys must hold, in bytes.
inline constexpr std::size_t kLeastTicketSecret = 32;

/// Whether `path` can serve as the file of TLSSessionTicketKeys: readable, long enough, and not
/// open to everybody. The error's message names the path and what to do.
core::Status check_ticket_secret(const std::string &path);

/// TicketKeys makes, keeps and applies the keys of session tickets (RFC 8446, section 4.6.1). The
/// daemon rotates them; sessions have them as of their fork. All contexts share one set: what
/// belongs to which server is told by the sessions' own context.
class TicketKeys {
 public:
  TicketKeys();

  /// Takes the policy over, reads its file, and makes a key if one is due. Keys that are held
  /// already stay, so that tickets survive a reload. After an error, all is as before.
  core::Status configure(const core::TicketKeyPolicy &policy, core::TicketTime now);
  /// Makes a new key if one is due, and drops those that are too old.
  core::Status rotate(core::TicketTime now);
  [[nodiscard]] std::chrono::seconds interval() const { return core::rotation_interval(policy_); }

  /// Locks the keys in the memory of this process; false where the system does not allow it.
  bool lock_memory();
  /// In a session process: no key is made any more, and those that it seals with open for as
  /// long as it lives, so that its data connections can resume at any time.
  void enter_session();

  /// Wipes all keys and the secret they come from, for a process that needs none.
  void forget();

  /// Makes `ctx` seal and open its tickets with these keys, which must outlive it.
  void apply_to(SSL_CTX *ctx);

  [[nodiscard]] const core::TicketRing &ring() const { return ring_; }
  /// The keys by age, the oldest first.
  [[nodiscard]] std::vector<core::TicketKeyReport> report(core::TicketTime now) const;

 private:
  struct Hooks;  // the callback of the library

  using Bytes = std::pmr::vector<std::byte>;

  core::Status add_random(core::TicketTime now);
  core::Status add_derived(core::TicketTime now);
  int seal(unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac);
  int open(const unsigned char *name, const unsigned char *iv, EVP_CIPHER_CTX *cipher,
           EVP_MAC_CTX *mac);

  LockedMemory memory_;  // outlives what is in it
  core::TicketKeyPolicy policy_;
  core::TicketRing ring_{&memory_};
  Bytes secret_{&memory_};
  EvpCipherPtr cipher_;
  bool in_session_ = false;
};

}  // namespace mod_tls::ossl
