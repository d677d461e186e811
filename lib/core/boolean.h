// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>
#include <string_view>

namespace mod_tls::core {

/// The host's Boolean spellings, in any case: on/off, yes/no, true/false, 1/0. Empty for others.
[[nodiscard]] std::optional<bool> parse_boolean(std::string_view word);

}  // namespace mod_tls::core
