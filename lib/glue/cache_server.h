// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <memory>
#include <optional>

#include "cache/remote_store.h"
#include "cache/shared_block.h"
#include "core/key_value_servers.h"
#include "glue/cache_backend.h"
#include "glue/cache_host.h"

namespace mod_tls::glue {

/// What the directives of the main server say about key-value servers.
struct ServerSetup {
  std::vector<core::ServerAddress> addresses;
  core::ServerTimes times = {};
  std::unique_ptr<core::KeyValueProtocol> protocol;
};

/// What is particular to one kind of server.
struct ServerKind {
  const char *module;  ///< "mod_tls_memcache": keys begin with it.
  const char *engine;  ///< The directive that turns the host's support on and off.
  const char *title;   ///< "Memcache", as in the first line of the status.
  const char *line;    ///< "Memcache servers: ", the third.
  core::Result<ServerSetup> (*setup)(std::vector<std::string> &notices);
};

/// ServerBackend keeps entries on memcached or Redis. It speaks to them itself: the time that the
/// host's libraries take has no bound (doc/decisions/005-own-cache-clients.md).
class ServerBackend final : public CacheBackend {
 public:
  ServerBackend(CacheUse use, CacheHost host, const ServerKind &kind)
      : use_(use), host_(host), kind_(kind) {}

  core::Status open(std::string_view info, std::vector<std::string> &notices) override;
  void close() override { store_.reset(); }  // what is known about the servers stays
  core::Status destroy() override;
  cache::ByteStore *store() override { return store_ ? &*store_ : nullptr; }
  cache::Counters &counters() override { return shared_->counters; }
  std::vector<std::string> describe() override;

  /// For the end of a session: what a probe has found is not lost.
  void look_after();

 private:
  core::Result<cache::RemoteStore::Clients> make_clients(const ServerSetup &setup,
                                                         std::vector<std::string> &notices);
  void forget_other_servers(const cache::RemoteStore::Clients &clients);
  [[nodiscard]] std::string prefix() const;
  [[nodiscard]] std::string unshared_text() const;

  CacheUse use_;
  CacheHost host_;
  const ServerKind &kind_;
  std::vector<std::string> names_;  // of the servers that shared_ is about
  cache::SharedBlock<cache::RemoteShared> shared_;
  std::unique_ptr<core::KeyValueProtocol> protocol_;
  std::optional<cache::RemoteStore> store_;
};

}  // namespace mod_tls::glue
