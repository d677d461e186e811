// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mod_tls::core {

/// What a caller of `ftpdctl tls` can be allowed: one word each, or both words of a request.
[[nodiscard]] std::span<const std::string_view> control_permissions();

/// ControlsAcl is one TLSControlsACLs: who may do what through ftpdctl.
struct ControlsAcl {
  enum class Subject : std::uint8_t { user, group };

  std::vector<std::string> permissions;  ///< Of control_permissions(); all of them for "all".
  bool for_all = false;                  ///< It says "all", and names none.
  bool allow = false;
  Subject subject = Subject::user;
  std::string names;  ///< As written: "root,admin", "*", "!guest".

  friend bool operator==(const ControlsAcl &, const ControlsAcl &) = default;
};

/// Parses "actions allow|deny user|group list". Actions are separated by
/// commas: "info", "sesscache", "sesscache clear", ...; a pair may also stand as two words.
Result<ControlsAcl> parse_controls_acl(std::span<const std::string_view> words);

/// Whether a record names this pair ("sesscache remove"): then the pair alone decides, and the
/// permissions of its single words do not count.
[[nodiscard]] bool pair_decides(std::span<const ControlsAcl> records, std::string_view pair);

}  // namespace mod_tls::core
