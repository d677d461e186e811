// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <sys/types.h>

namespace mod_tls::glue {

/// The server's User, as far as it is known yet.
[[nodiscard]] uid_t daemon_user();

/// The server's Group, as far as it is known yet.
[[nodiscard]] gid_t daemon_group();

}  // namespace mod_tls::glue
