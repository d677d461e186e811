// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/cache_module.h"

#include <cstring>
#include <string>

namespace mod_tls::glue {

int enroll_caches(const CacheHost &host, const char *name, SessionProvider &sessions,
                  OcspProvider &responses) {
  if (sessions.enroll(name) != 0) {
    host.notice("unable to register '" + std::string(name) +
                "' SSL session cache: " + core::errno_text(errno));
    return -1;
  }
  if (responses.enroll(name) != 0) {
    host.notice("unable to register '" + std::string(name) +
                "' OCSP response cache: " + core::errno_text(errno));
    return -1;
  }
  return 0;
}

}  // namespace mod_tls::glue
