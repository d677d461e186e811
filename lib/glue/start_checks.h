// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

namespace mod_tls::glue {

/// Logs `reason` and ends the daemon with a status other than 0.
[[noreturn]] void refuse_start(const std::string &reason);

/// Refuses the start if directives were refused while the configuration was read (ConfigFaults).
void refuse_faults();

/// Notices for each TLSLog that sessions will not be able to open.
void check_logs();

/// Says which OpenSSL is used, and warns if it is not the one whose headers were compiled in.
void report_library();

/// Enters FIPS mode if -DTLS_USE_FIPS asks for it. False if that cannot be, which is logged: then
/// nothing may be served.
[[nodiscard]] bool obey_fips();

}  // namespace mod_tls::glue
