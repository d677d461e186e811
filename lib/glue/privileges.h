// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "glue/proftpd.h"

namespace mod_tls::glue {

/// RootPrivileges holds root for one scope, where the host still can give it (before login). Does
/// not nest in the host, so an inner one does nothing. Keeps errno.
class RootPrivileges {
 public:
  RootPrivileges() : outer_(geteuid() != PR_ROOT_UID) {
    if (outer_) {
      PRIVS_ROOT
    }
  }
  RootPrivileges(const RootPrivileges &) = delete;
  RootPrivileges &operator=(const RootPrivileges &) = delete;
  ~RootPrivileges() {
    if (!outer_) return;
    const int saved = errno;
    PRIVS_RELINQUISH
    errno = saved;
  }

 private:
  bool outer_;
};

}  // namespace mod_tls::glue
