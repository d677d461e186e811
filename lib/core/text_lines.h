// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string_view>

namespace mod_tls::core {

/// Line `number` of a text, counted from 1 and without its end; empty if it has fewer.
[[nodiscard]] std::string_view line_of(std::string_view text, unsigned number);

/// Whether `text` has `part` somewhere, whatever the case of ASCII letters.
[[nodiscard]] bool contains_ignoring_case(std::string_view text, std::string_view part);

}  // namespace mod_tls::core
