// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mod_tls::core {

/// Which of the two caches a request is about.
enum class CacheKind : std::uint8_t { sessions, responses };

/// "ftpdctl tls sesscache|ocspcache info [-v]|clear|remove".
struct CacheRequest {
  enum class Action : std::uint8_t { info, clear, remove };
  CacheKind kind;
  Action action;
  bool verbose = false;

  friend bool operator==(const CacheRequest &, const CacheRequest &) = default;
};

/// "ftpdctl tls info [--json]".
struct InfoRequest {
  bool json = false;

  friend bool operator==(const InfoRequest &, const InfoRequest &) = default;
};

/// How a request ended, as hosts from 1.3.9 on tell it to ftpdctl, which ends with its amount.
/// Older ones take all of them for an end.
enum class ControlStatus : int {
  done = 0,
  access_denied = -2,
  wrong_parameters = -3,
  unsupported_operation = -7,
  internal_error = -8,
};

/// A request that cannot be carried out, with the line that says why.
struct ControlRefusal {
  std::string text;
  ControlStatus status = ControlStatus::wrong_parameters;

  friend bool operator==(const ControlRefusal &, const ControlRefusal &) = default;
};

/// A request by ftpdctl. Where pair_decides() about `both`, who does not have that permission is
/// refused whatever is asked for; elsewhere who lacks one of the two single ones (the second may be
/// empty).
struct ControlRequest {
  std::string_view first = {};
  std::string_view second = {};
  std::string both = {};
  std::variant<ControlRefusal, CacheRequest, InfoRequest> what;
};

/// Understands the words behind "ftpdctl tls".
[[nodiscard]] ControlRequest parse_control_request(std::span<const std::string_view> words);

/// "sesscache" or "ocspcache".
[[nodiscard]] std::string_view to_string(CacheKind kind);

/// The answer to a cache's "clear", for `count` entries of the provider's cache.
[[nodiscard]] std::string cleared_text(CacheKind kind, int count, std::string_view provider);
/// The answer to "remove".
[[nodiscard]] std::string removed_text(CacheKind kind, std::string_view provider);
/// The answer where the provider failed, `reason` in the words of the system.
[[nodiscard]] std::string failed_text(const CacheRequest &request, std::string_view reason);
/// What caches on several servers have in their status beside those that a "clear" or "remove" has
/// not reached.
inline constexpr std::string_view kNotCleared = "not cleared";
/// Which servers they are, of the status of a cache that failed: the interface of caches has a
/// number for the failure, and no words.
[[nodiscard]] std::vector<std::string> missed_lines(std::span<const std::string> status);
/// The answer to "info" where there is no such cache.
[[nodiscard]] std::string unconfigured_text(CacheKind kind);

}  // namespace mod_tls::core
