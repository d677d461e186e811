// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>

#include "cache/fs_store.h"
#include "cache/shared_block.h"
#include "glue/cache_backend.h"
#include "glue/cache_host.h"

namespace mod_tls::glue {

/// RootedStore calls another store with root privileges where they can be had: the directory is
/// root's, and sessions run as the server's User.
class RootedStore final : public cache::ByteStore {
 public:
  RootedStore(cache::FileHandle directory, cache::FsShared &shared)
      : store_(std::move(directory), shared) {}

  cache::Outcome put(cache::ByteView name, cache::ByteView value, std::time_t expires,
                     std::time_t now) override;
  cache::Found get(cache::ByteView name, std::time_t now) override;
  cache::Outcome remove(cache::ByteView name) override;
  core::Result<std::uint64_t> clear() override;
  cache::StoreFacts facts() override;
  void sweep(std::time_t now, unsigned char share);

 private:
  cache::FsStore store_;
};

/// FsBackend keeps entries as files of a directory.
class FsBackend final : public CacheBackend {
 public:
  FsBackend(CacheUse use, CacheHost host) : use_(use), host_(host) {}

  core::Status open(std::string_view info, std::vector<std::string> &notices) override;
  void close() override { store_.reset(); }
  core::Status destroy() override;
  cache::ByteStore *store() override { return store_ ? &*store_ : nullptr; }
  cache::Counters &counters() override { return shared_->counters; }
  std::vector<std::string> describe() override;

 private:
  CacheUse use_;
  CacheHost host_;
  cache::SharedBlock<cache::FsShared> shared_;
  std::optional<RootedStore> store_;
};

}  // namespace mod_tls::glue
