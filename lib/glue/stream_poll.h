// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "glue/io_wait.h"
#include "glue/proftpd.h"

namespace mod_tls::glue {

/// A NetIO poll callback's work: waits for `stream` as long as the host asked (its interval, or 60
/// seconds), and returns what the host wants to hear: 1 ready, 0 timed out, -1 error in errno.
int poll_stream(const pr_netio_stream_t *stream, WaitHooks hooks);

}  // namespace mod_tls::glue
