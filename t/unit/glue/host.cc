// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "host.h"

#include <string_view>

#include "glue/log.h"
#include "glue/proftpd.h"

namespace test {

Host &host() {
  static Host the_host;
  return the_host;
}

}  // namespace test

namespace mod_tls::glue {

void log_syslog(int, std::string_view text) {
  test::host().log += std::string(text) + "\n";
}

}  // namespace mod_tls::glue

extern "C" {

void pr_session_end(int) {
  test::host().ended = true;
}

void pr_response_add_err(const char *code, const char *, ...) {
  test::host().refused = code;
}

modret_t *mod_create_ret(cmd_rec *, unsigned char, const char *, const char *) {
  static modret_t error{};
  return &error;
}
}
