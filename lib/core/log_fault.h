// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mod_tls::core {

/// Why a log file is not written to. The host refuses links and folders that others can write to.
enum class LogFault : std::uint8_t { not_absolute, symbolic_link, writable_folder, system };

/// The notice about a TLSLog that cannot be opened, with what to do about it. `error` is the
/// system's word, for LogFault::system alone.
[[nodiscard]] std::string log_fault_text(std::string_view path, LogFault fault,
                                         std::string_view error);

}  // namespace mod_tls::core
