// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>

#include "cache/shm_segment.h"
#include "cache/shm_table.h"
#include "glue/cache_backend.h"
#include "glue/cache_host.h"

namespace mod_tls::glue {

/// ShmBackend keeps entries in a shared memory segment of this machine.
class ShmBackend final : public CacheBackend {
 public:
  ShmBackend(CacheUse use, CacheHost host) : use_(use), host_(host) {}

  core::Status open(std::string_view info, std::vector<std::string> &notices) override;
  void close() override;
  core::Status destroy() override;
  cache::ByteStore *store() override { return table_ ? &*table_ : nullptr; }
  cache::Counters &counters() override { return table_->header().counters; }
  std::vector<std::string> describe() override;

  /// The daemon is there: the segment is its.
  void claim();
  /// The daemon ends: the segment goes with the last one that uses it. Whether it went.
  bool release();

 private:
  /// Whether the segment is that of `file` and `size`, and could be attached again if need be.
  bool has_again(const std::string &file, std::size_t size);

  CacheUse use_;
  CacheHost host_;
  std::string file_;
  std::size_t size_ = 0;
  cache::ShmSegment segment_;
  std::optional<cache::ShmTable> table_;
};

}  // namespace mod_tls::glue
