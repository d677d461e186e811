// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "glue/control_channel.h"

namespace mod_tls::glue {

/// Looks for a command on the control connection in the middle of a transfer. ABOR, and
/// the end of the connection, are put into effect at once (the host would look for ABOR on the raw
/// socket, where it is encrypted).
ControlChannel::Ahead look_for_abort(ControlChannel &control);

/// Whether the transfer in progress has been aborted.
bool transfer_aborted();

}  // namespace mod_tls::glue
