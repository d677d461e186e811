// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mod_tls::core {

/// TLSStaplingOptions, as bits of a set.
enum class StaplingOption : std::uint8_t { no_nonce = 1, no_verify = 2, no_fake_try_later = 4 };

/// A set of StaplingOption; sets only grow, as with TLSOptions.
class StaplingOptions {
 public:
  void add(StaplingOption option) { bits_ |= static_cast<std::uint8_t>(option); }
  void add(StaplingOptions other) { bits_ |= other.bits_; }
  [[nodiscard]] bool has(StaplingOption option) const {
    return (bits_ & static_cast<std::uint8_t>(option)) != 0;
  }

  friend bool operator==(StaplingOptions, StaplingOptions) = default;

 private:
  std::uint8_t bits_ = 0;
};

/// Parses the words of TLSStaplingOptions; names are compared with case.
Result<StaplingOptions> parse_stapling_options(std::span<const std::string_view> words);
/// "NoNonce NoVerify", or "none".
[[nodiscard]] std::string to_string(StaplingOptions options);

/// Where responses are kept beyond the daemon's life (TLSStaplingCache): a provider and what it
/// is told, or nothing.
struct StaplingCachePolicy {
  std::string provider = {};  ///< Empty for "off".
  std::string info = {};

  friend bool operator==(const StaplingCachePolicy &, const StaplingCachePolicy &) = default;
};

/// Parses the words of TLSStaplingCache: "off" or "provider:info".
Result<StaplingCachePolicy> parse_stapling_cache(std::span<const std::string_view> words);
[[nodiscard]] std::string to_string(const StaplingCachePolicy &policy);

/// What the TLSStapling* directives say about one server.
struct StaplingPolicy {
  enum class Switch : std::uint8_t { unset, off, on };

  Switch wanted = Switch::unset;
  StaplingCachePolicy cache = {};
  StaplingOptions options = {};
  std::string responder = {};        ///< URL; empty: the certificate's own.
  std::chrono::seconds timeout{10};  ///< For one fetch in all; 0: one minute.

  /// As documented, a TLSStaplingCache switches stapling on where TLSStapling says nothing.
  [[nodiscard]] bool enabled() const {
    return wanted == Switch::on || (wanted == Switch::unset && !cache.provider.empty());
  }

  friend bool operator==(const StaplingPolicy &, const StaplingPolicy &) = default;
};

}  // namespace mod_tls::core
