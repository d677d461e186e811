// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/ticket_ring.h"

#include <algorithm>
#include <utility>

namespace mod_tls::core {

void TicketRing::add(TicketKey &&key, std::size_t limit) {
  const auto same = [&](const TicketKey &held) { return held.name == key.name; };
  if (std::any_of(keys_.begin(), keys_.end(), same)) return;
  const auto newer = std::find_if(keys_.begin(), keys_.end(), [&](const TicketKey &held) {
    return held.seals_from > key.seals_from;
  });
  keys_.insert(newer, std::move(key));
  while (keys_.size() > limit) keys_.erase(keys_.begin());
}

void TicketRing::retire() {
  for (TicketKey &key : keys_) key.seals_from = TicketTime::min();
}

/// The oldest one if the clock says that none may seal yet: it was set back.
std::size_t TicketRing::sealing_index(TicketTime now) const {
  std::size_t index = 0;
  for (std::size_t i = 0; i < keys_.size(); i++) {
    if (keys_[i].seals_from <= now) index = i;
  }
  return index;
}

void TicketRing::expire(TicketTime now) {
  if (keys_.empty()) return;
  const TicketKeyName sealing = keys_[sealing_index(now)].name;
  std::erase_if(keys_, [&](const TicketKey &key) {
    return key.opens_until <= now && key.name != sealing && !key.pinned;
  });
}

const TicketKey *TicketRing::sealing(TicketTime now) const {
  return keys_.empty() ? nullptr : &keys_[sealing_index(now)];
}

const TicketKey *TicketRing::find(std::span<const std::byte> name, TicketTime now) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const TicketKey &key) {
    return std::equal(name.begin(), name.end(), key.name.begin(), key.name.end());
  });
  if (found == keys_.end()) return nullptr;
  return found->pinned || now < found->opens_until ? &*found : nullptr;
}

bool TicketRing::rotation_due(TicketTime now, std::chrono::seconds interval) const {
  if (keys_.empty()) return true;
  const TicketTime newest = keys_.back().seals_from;
  return now >= newest + interval || newest > now + interval;
}

void TicketRing::pin_sealing(TicketTime now) {
  if (keys_.empty()) return;
  TicketKey &key = keys_[sealing_index(now)];
  if (!key.pinned) key.pinned = true;
}

}  // namespace mod_tls::core
