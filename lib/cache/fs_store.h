// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "cache/byte_store.h"
#include "cache/counters.h"
#include "cache/file_handle.h"

namespace mod_tls::cache {

/// The directory of "/path=<absolute directory>" (doc/caches.md).
core::Result<std::string> parse_fs_info(std::string_view info);

/// What the processes that use the same directory share. Valid when all bits are 0.
struct FsShared {
  Counters counters;
  std::atomic<std::uint64_t> expired;  ///< Entries that were removed because their time was over.
};

/// FsStore keeps each entry as a file of a directory, "<hex name>.entry", mode 0600, whose time of
/// modification says when it expires. It works through a descriptor of the directory, so it still
/// finds it after a chroot.
class FsStore final : public ByteStore {
 public:
  /// Opens a directory, which must belong to root or to `owner`, and not be writable by the world.
  static core::Result<FileHandle> open_directory(const std::string &path, uid_t owner);

  /// How many names of the directory one call reads, and of how many files sweep() looks at all,
  /// so that they take a bounded time.
  struct Limits {
    std::uint64_t names = 100'000;
    std::uint64_t files = 4096;
  };

  FsStore(FileHandle directory, FsShared &shared)
      : FsStore(std::move(directory), shared, Limits{}) {}
  FsStore(FileHandle directory, FsShared &shared, Limits limits)
      : directory_(std::move(directory)), shared_(shared), limits_(limits) {}

  Outcome put(ByteView name, ByteView value, std::time_t expires, std::time_t now) override;
  Found get(ByteView name, std::time_t now) override;
  Outcome remove(ByteView name) override;
  /// An error if an entry could not be removed; the others are.
  core::Result<std::uint64_t> clear() override;
  /// Of more files than its limit the entries among the first ones.
  StoreFacts facts() override;

  /// Removes expired entries, and what a killed process left half-written. Where there are more
  /// files than its limit, it looks at a share of the others: the entries whose name begins with
  /// the byte `share`. put() does it now and then.
  void sweep(std::time_t now, unsigned char share);

 private:
  template <class Visit>
  bool each_file(const Visit &visit);

  /// A new file, for writing; none with errno if there can be none.
  [[nodiscard]] FileHandle open_fresh(const std::string &file) const;

  FileHandle directory_;
  FsShared &shared_;
  Limits limits_;
};

}  // namespace mod_tls::cache
