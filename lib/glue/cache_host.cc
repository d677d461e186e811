// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/cache_host.h"

#include <memory>
#include <optional>

#include "glue/privileges.h"
#include "glue/proftpd.h"
#include "ossl/secret_file.h"

// By its place, because the headers of ProFTPD have one of this name, too.
#include "../../mod_tls.h"

namespace mod_tls::glue {

namespace {

int as_length(std::string_view text) {
  return static_cast<int>(text.size());
}

/// Drawn once per daemon; sessions inherit it, and it stays over SIGHUP.
core::Result<ossl::EntryKey> drawn_key() {
  static std::optional<ossl::EntryKey> key;  // NOLINT(lazy-global): drawn before any fork
  if (!key) {
    auto drawn = ossl::random_entry_key();
    if (!drawn) return drawn;
    key = *drawn;
  }
  return *key;
}

}  // namespace

void CacheHost::notice(std::string_view text) const {
  pr_log_pri(PR_LOG_NOTICE, "%s: %.*s", version_, as_length(text), text.data());
}

void CacheHost::tell(const std::string &line) const {
  notice(line);
  tls_log("%s", line.c_str());
}

void CacheHost::debug(int level, std::string_view text) const {
  pr_log_debug(level, "%s: %.*s", version_, as_length(text), text.data());
}

core::Result<ossl::EntryKey> cache_entry_key() {
  const auto *file =
      static_cast<const char *>(get_param_ptr(main_server->conf, "TLSCacheSecretFile", FALSE));
  if (file == nullptr) return drawn_key();
  const RootPrivileges root;
  const auto secret = ossl::read_secret_file(file);
  return secret ? ossl::derive_entry_key(*secret) : core::Result<ossl::EntryKey>{secret.error()};
}

}  // namespace mod_tls::glue
