// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <string_view>

namespace mod_tls::core {

/// What to say where the library is not the one whose headers were compiled in; empty where it is.
[[nodiscard]] std::string version_mismatch(std::string_view headers, std::string_view library);

}  // namespace mod_tls::core
