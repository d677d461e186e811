// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mod_tls::core {

/// The options of TLSOptions (doc/directives.md).
enum class Option : std::uint8_t {
  allow_client_renegotiations,
  allow_dot_login,
  allow_per_user,
  allow_weak_dh,
  allow_weak_security,
  common_name_required,
  dns_name_required,
  ip_address_required,
  enable_diags,
  export_cert_data,
  ignore_sni,
  no_session_reuse_required,
  require_close_notify,
  std_env_vars,
  use_implicit_ssl,
};

/// OptionSet is the OR of all TLSOptions in force.
class OptionSet {
 public:
  constexpr OptionSet() = default;
  constexpr OptionSet(std::initializer_list<Option> options) {
    for (const Option o : options) add(o);
  }

  constexpr void add(Option o) { bits_ |= bit(o); }
  constexpr void add(OptionSet other) { bits_ |= other.bits_; }
  [[nodiscard]] constexpr bool has(Option o) const { return (bits_ & bit(o)) != 0; }

  friend constexpr bool operator==(const OptionSet &, const OptionSet &) = default;

 private:
  static constexpr std::uint32_t bit(Option o) { return 1U << static_cast<unsigned>(o); }
  std::uint32_t bits_ = 0;
};

/// What this build does with a documented option name.
enum class OptionSupport {
  supported,
  ignored,  ///< Accepted and without effect on OpenSSL 3 (the docs call it ignored): a notice.
};

/// One row of the table of every documented TLSOptions name (case-sensitive).
struct OptionRow {
  std::string_view name;
  OptionSupport support;
  Option option;            ///< Meaningless for ignored rows.
  std::string_view remark;  ///< Shown with the notice.
};

[[nodiscard]] std::span<const OptionRow> option_table();

/// Parses the words of TLSOptions. Unknown names are errors that name the word.
Result<OptionSet> parse_options(std::span<const std::string_view> words);

/// The rows of `words` that are accepted but have no effect, for the notice at start.
[[nodiscard]] std::string ignored_options_notice(std::span<const std::string_view> words);

/// Names in table order, separated by spaces; "none" for the empty set.
[[nodiscard]] std::string to_string(const OptionSet &set);

}  // namespace mod_tls::core
