// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/daemon_account.h"

#include <unistd.h>

#include "glue/proftpd.h"

namespace mod_tls::glue {

uid_t daemon_user() {
  const auto *uid = static_cast<const uid_t *>(get_param_ptr(main_server->conf, "UserID", FALSE));
  return uid != nullptr ? *uid : ::geteuid();
}

gid_t daemon_group() {
  const auto *gid = static_cast<const gid_t *>(get_param_ptr(main_server->conf, "GroupID", FALSE));
  return gid != nullptr ? *gid : ::getegid();
}

}  // namespace mod_tls::glue
