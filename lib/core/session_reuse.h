// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <span>

namespace mod_tls::core {

/// Length of the random id that ties data connections to their control session, in bytes.
inline constexpr std::size_t kBindingSize = 32;

/// What is known of a finished data handshake.
struct ReuseInput {
  bool required = true;                     ///< The policy asks for reuse.
  bool resumed = false;                     ///< The handshake resumed a session.
  std::span<const std::byte> control = {};  ///< Binding id of the control session.
  std::span<const std::byte> data = {};     ///< Binding id carried by the resumed session.
};

enum class ReuseVerdict {
  accepted,       ///< Resumed a session of this control connection.
  not_required,   ///< Not resumed from it, and the policy does not mind.
  not_resumed,    ///< Refuse: full handshake.
  other_session,  ///< Refuse: resumed a session of another control connection.
};

/// Decides whether a data connection belongs to its control session. One rule for session ids,
/// TLS 1.2 tickets and TLS 1.3: the binding ids have kBindingSize bytes and are equal.
[[nodiscard]] ReuseVerdict judge_reuse(const ReuseInput &input);

}  // namespace mod_tls::core
