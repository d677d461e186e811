// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mod_tls::core {

/// How long session ticket keys are used, and where they come from (TLSSessionTicketKeys).
struct TicketKeyPolicy {
  std::chrono::seconds age{std::chrono::hours{12}};  ///< A key opens tickets for so long.
  std::uint32_t count = 25;                          ///< The most keys that are held.
  std::string secret_file = {};  ///< Keys follow from what it holds; empty means random keys.

  friend bool operator==(const TicketKeyPolicy &, const TicketKeyPolicy &) = default;
};

/// Parses the words of TLSSessionTicketKeys: up to three pairs of age, count and file with their
/// values. What is not said keeps its default.
Result<TicketKeyPolicy> parse_ticket_keys(std::span<const std::string_view> words);

/// "age 43200 count 25", and "file /path" where there is one.
[[nodiscard]] std::string to_string(const TicketKeyPolicy &policy);

/// Wall clock time, in which keys that several hosts share have to be counted.
using TicketTime = std::chrono::sys_seconds;

/// How long a key seals before the next one does: an hour, or less than its age.
[[nodiscard]] std::chrono::seconds rotation_interval(const TicketKeyPolicy &policy);

/// When the keys that follow from a secret begin to seal: those that are to be held at `now`, at
/// most `count`, the most important one first. The key of the next interval is among them, for
/// the tickets of hosts whose clock is ahead, where there is room for it.
[[nodiscard]] std::vector<TicketTime> slots_to_hold(const TicketKeyPolicy &policy, TicketTime now);

}  // namespace mod_tls::core
