// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

namespace mod_tls::glue {

/// Takes over data streams for the whole session: connections are protected where the session says
/// so when they open, and go to the host's own callbacks where it does not. To be called before
/// other modules wrap what is registered (mod_deflate at MODE Z).
void register_data_netio();

/// Tells the host's download code whether it may send files past NetIO (sendfile). It learns of
/// PROT by itself, but not of protection that begins without it.
void set_sendfile_allowed(bool allowed);

/// Sets how much of a file the host reads and hands over at once, for the transfer about to begin
/// (`size` bytes; 0: unknown). Must not be called while a transfer buffer exists.
void size_transfer_chunk(unsigned long long size);

}  // namespace mod_tls::glue
