// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <sys/types.h>

#include <vector>

#include "core/result.h"

namespace mod_tls::net {

/// Whose rights a process has.
struct Account {
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> groups = {};  ///< The supplementary ones.
};

/// Closes what a fork has from a server: sockets that accept connections, and connections that
/// came in by them. Whatever else it has stays open.
void close_servers();

/// Takes on an account for good: real, effective and saved ids, of users and groups, and no way
/// back (capabilities(7), "Effect of user ID changes"). Other processes of that account cannot
/// look into this one (prctl(2), PR_SET_DUMPABLE). Who is not root, and is that account already,
/// keeps its supplementary groups. After an error the process must not go on.
core::Status become(const Account &account);

}  // namespace mod_tls::net
