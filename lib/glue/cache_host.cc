// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/cache_host.h"

#include <array>
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
std::optional<ossl::EntryKey> &drawn_keys(ossl::EntryKind kind) {
  static std::array<std::optional<ossl::EntryKey>, 2> keys;  // NOLINT(lazy-global): before any fork
  return keys[kind == ossl::EntryKind::session ? 0 : 1];
}

/// Null if there is none.
const char *secret_file() {
  return static_cast<const char *>(get_param_ptr(main_server->conf, "TLSCacheSecretFile", FALSE));
}

core::Result<ossl::EntryKey> drawn_key(ossl::EntryKind kind) {
  std::optional<ossl::EntryKey> &key = drawn_keys(kind);
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

bool has_shared_secret() {
  return secret_file() != nullptr;
}

void forget_drawn_key(ossl::EntryKind kind) {
  drawn_keys(kind).reset();
}

core::Result<ossl::EntryKey> cache_entry_key(ossl::EntryKind kind) {
  const char *file = secret_file();
  if (file == nullptr) return drawn_key(kind);
  const RootPrivileges root;
  const auto secret = ossl::read_secret_file(file);
  if (!secret) return secret.error();
  return ossl::derive_entry_key(secret->view(), kind);
}

}  // namespace mod_tls::glue
