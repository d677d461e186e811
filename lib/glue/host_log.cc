// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception

// The logs of the host. Apart from log.cc, because the cache modules need no more than this.
#include "glue/log.h"
#include "glue/proftpd.h"

namespace mod_tls::glue {

namespace {

int as_length(std::string_view text) {
  return static_cast<int>(text.size());
}

}  // namespace

void log_syslog(int level, std::string_view text) {
  pr_log_pri(level, "%s: %.*s", kVersion, as_length(text), text.data());
}

void log_debug(int level, std::string_view text) {
  pr_log_debug(level, "%s: %.*s", kVersion, as_length(text), text.data());
}

}  // namespace mod_tls::glue
