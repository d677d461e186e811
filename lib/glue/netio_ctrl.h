// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

namespace mod_tls::glue {

/// Takes over the control streams: from now on what the host reads and writes there goes through
/// the session's ControlChannel.
void register_control_netio();

}  // namespace mod_tls::glue
