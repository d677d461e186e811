// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "core/result.h"

namespace mod_tls::glue {

/// Makes the session ticket keys that the configuration asks for, or keeps those that are there.
core::Status prepare_ticket_keys();

/// Has the daemon renew them in time (sessions keep theirs).
void start_ticket_rotation();

/// Keeps them out of the swap space, where the system lets the daemon do that.
void lock_ticket_keys();

}  // namespace mod_tls::glue
