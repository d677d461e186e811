// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "cache/byte_store.h"
#include "cache/file_handle.h"

namespace mod_tls::cache {

/// The directory of "/path=<absolute directory>" (doc/caches.md).
core::Result<std::string> parse_fs_info(std::string_view info);

/// FsStore keeps each entry as a file of a directory, "<hex name>.entry", mode 0600, whose time of
/// modification says when it expires. It works through a descriptor of the directory, so it still
/// finds it after a chroot.
class FsStore final : public ByteStore {
 public:
  /// Opens a directory, which must belong to root or to `owner`, and not be writable by the world.
  static core::Result<FileHandle> open_directory(const std::string &path, uid_t owner);

  /// How many files facts() looks at, so that it takes a bounded time.
  static constexpr std::uint64_t kMostCounted = 100'000;

  explicit FsStore(FileHandle directory, std::uint64_t most_counted = kMostCounted)
      : directory_(std::move(directory)), most_counted_(most_counted) {}

  Outcome put(ByteView name, ByteView value, std::time_t expires, std::time_t now) override;
  Found get(ByteView name, std::time_t now) override;
  Outcome remove(ByteView name) override;
  core::Result<std::uint64_t> clear() override;
  /// Of more than `most_counted` files the entries among the first ones.
  StoreFacts facts() override;

  /// Removes expired entries, and what a killed process left half-written, looking at a bounded
  /// number of files. put() does it now and then.
  void sweep(std::time_t now);

 private:
  template <class Visit>
  bool each_file(const Visit &visit);

  FileHandle directory_;
  std::uint64_t most_counted_;
  std::uint64_t expired_ = 0;
};

}  // namespace mod_tls::cache
