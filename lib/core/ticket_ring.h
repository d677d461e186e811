// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/secret_array.h"
#include "core/ticket_key_policy.h"

namespace mod_tls::core {

/// The public name of a ticket key, in front of each ticket it seals (RFC 5077, 4).
using TicketKeyName = std::array<std::byte, 16>;

/// One session ticket key: AES-256 and HMAC-SHA256.
struct TicketKey {
  TicketKeyName name{};
  SecretArray<32> cipher;
  SecretArray<32> mac;
  TicketTime seals_from{};   ///< It seals from then on, until a newer one does.
  TicketTime opens_until{};  ///< From then on nothing it sealed is opened any more.
  bool pinned = false;       ///< Opens for as long as this process lives.
};

/// TicketRing holds the keys of session tickets: the newest seals, older ones only open. What
/// leaves the ring is wiped.
class TicketRing {
 public:
  /// Keys live in `memory`, which must outlive the ring.
  explicit TicketRing(std::pmr::memory_resource *memory) : keys_(memory) {}

  /// Adds a key, unless one of that name is there. More than `limit` keys: the oldest goes.
  void add(TicketKey &&key, std::size_t limit);
  /// From now on, any key that is added counts as newer than those held: they came from elsewhere.
  void retire();
  /// Drops every key.
  void clear() { keys_ = std::pmr::vector<TicketKey>(keys_.get_allocator()); }
  /// Drops every key whose time is over, but for the one that seals and pinned ones.
  void expire(TicketTime now);

  /// The key to seal with: the newest whose time has come. nullptr if the ring is empty.
  [[nodiscard]] const TicketKey *sealing(TicketTime now) const;
  /// The key of that name, if it still may open; nullptr otherwise.
  [[nodiscard]] const TicketKey *find(std::span<const std::byte> name, TicketTime now) const;
  /// Whether a newer key should seal by now; also after the clock was set back.
  [[nodiscard]] bool rotation_due(TicketTime now, std::chrono::seconds interval) const;

  /// Keeps the key that seals now for as long as this process lives.
  void pin_sealing(TicketTime now);

  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  /// Where the keys are in memory, to be locked there.
  [[nodiscard]] std::span<const TicketKey> keys() const { return keys_; }

 private:
  [[nodiscard]] std::size_t sealing_index(TicketTime now) const;

  std::pmr::vector<TicketKey> keys_;  // oldest first
};

}  // namespace mod_tls::core
