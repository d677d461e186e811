// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "ossl/entry_seal.h"

namespace mod_tls::glue {

/// The services of the host that cache modules need. Nothing here depends on our mod_tls: they
/// run under any that has the interface of mod_tls.h.
class CacheHost {
 public:
  /// `version` stands in front of each line: "mod_tls_shmcache/3.0.0".
  explicit constexpr CacheHost(const char *version) : version_(version) {}

  [[nodiscard]] const char *version() const { return version_; }
  /// One line to syslog at PR_LOG_NOTICE.
  void notice(std::string_view text) const;
  /// One line to syslog and to the TLSLog of the session, if this is one.
  void tell(const std::string &line) const;
  /// One line to the debug log.
  void debug(int level, std::string_view text) const;

 private:
  const char *version_;
};

/// The key under which entries of that kind are sealed: from the file of TLSCacheSecretFile, or
/// drawn once and kept as long as the daemon lives. Reads the file with root privileges.
core::Result<ossl::EntryKey> cache_entry_key(ossl::EntryKind kind);
/// Whether TLSCacheSecretFile names what the key is made of.
[[nodiscard]] bool has_shared_secret();
/// In a process that does not open that cache any more: the key that was drawn is wiped.
void forget_drawn_key(ossl::EntryKind kind);

}  // namespace mod_tls::glue
