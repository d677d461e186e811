// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

namespace mod_tls::glue {

/// Makes `ftpdctl tls ...` known to the host, with everybody denied. In module_init().
void register_controls();

/// Allows and denies what the TLSControlsACLs of the main server say. After the configuration has
/// been read.
void apply_controls_acls();

}  // namespace mod_tls::glue
