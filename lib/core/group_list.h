// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mod_tls::core {

/// Parses an ordered list of key exchange groups ("X25519:P-256"; several words are one list) to
/// the same list joined by colons; "auto" gives the empty string, the library's own choice.
/// Syntax only: whether the library knows the names is asked in ossl.
Result<std::string> parse_groups(std::span<const std::string_view> words);

/// "auto" for the empty list.
[[nodiscard]] std::string groups_text(const std::string &groups);

}  // namespace mod_tls::core
