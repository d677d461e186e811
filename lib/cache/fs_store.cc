// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/fs_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "cache/hex.h"
#include "core/ascii.h"

namespace mod_tls::cache {

namespace {

using core::Errc;
using core::Error;

constexpr std::string_view kPath = "/path=";
constexpr std::string_view kSuffix = ".entry";
constexpr std::string_view kHalfWritten = ".new";
constexpr std::size_t kLongestName = 100;  // as hex, with a suffix: below NAME_MAX
constexpr off_t kLargest = 1 << 20;
constexpr std::time_t kAbandoned = 300;  // seconds; nobody writes for that long

struct CloseDirectory {
  void operator()(DIR *directory) const { ::closedir(directory); }
};
using DirectoryPtr = std::unique_ptr<DIR, CloseDirectory>;

std::string file_of(ByteView name) {
  return to_hex(name) + std::string(kSuffix);
}

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// "<hex name>.entry": other files of the directory are somebody else's.
bool is_entry(std::string_view file) {
  if (!file.ends_with(kSuffix)) return false;
  const std::string_view name = file.substr(0, file.size() - kSuffix.size());
  return !name.empty() && name.size() % 2 == 0 && name.size() <= 2 * kLongestName && is_hex(name);
}

/// ".<process>-<hex>.new".
bool is_half_written(std::string_view file) {
  if (!file.starts_with('.') || !file.ends_with(kHalfWritten)) return false;
  const std::string_view name = file.substr(1, file.size() - 1 - kHalfWritten.size());
  const std::size_t dash = name.find('-');
  return dash != 0 && name.find_first_not_of("0123456789") == dash &&
         dash != std::string_view::npos && is_hex(name.substr(dash + 1));
}

std::string permissions_text(mode_t mode) {
  std::string text = "0000";
  for (std::size_t i = 4; i-- > 0; mode >>= 3) text[i] = static_cast<char>('0' + (mode & 7));
  return text;
}

bool write_all(int fd, ByteView value) {
  while (!value.empty()) {
    const ssize_t n = ::write(fd, value.data(), value.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    value = value.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

bool read_all(int fd, Bytes &value) {
  std::size_t got = 0;
  while (got < value.size()) {
    const ssize_t n = ::read(fd, value.data() + got, value.size() - got);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    got += static_cast<std::size_t>(n);
  }
  return true;
}

bool set_expiry(int fd, std::time_t expires) {
  const std::array<timespec, 2> times{timespec{expires, 0}, timespec{expires, 0}};
  return ::futimens(fd, times.data()) == 0;
}

}  // namespace

core::Result<std::string> parse_fs_info(std::string_view info) {
  if (!info.starts_with(kPath)) {
    return Error{Errc::bad_syntax, "badly formatted info " + core::quoted(info) +
                                       ", unable to open fscache (wanted: /path=<absolute "
                                       "directory>)"};
  }
  const std::string_view path = info.substr(kPath.size());
  if (path.starts_with('/')) return std::string(path);
  return Error{Errc::bad_value, "path " + core::quoted(path) + " not an absolute path"};
}

core::Result<FileHandle> FsStore::open_directory(const std::string &path, uid_t owner) {
  struct stat st {};
  if (::lstat(path.c_str(), &st) != 0) {
    return Error{Errc::not_found, "unable to check '" + path + "': " + core::errno_text(errno)};
  }
  if (!S_ISDIR(st.st_mode)) {
    return Error{Errc::unusable, "unable to use '" + path + "': Not a directory"};
  }
  if ((st.st_mode & S_IWOTH) != 0) {
    return Error{Errc::not_permitted, "unable to use world-writable '" + path + "' (perms " +
                                          permissions_text(st.st_mode & 07777) + ")"};
  }
  if (st.st_uid != 0 && st.st_uid != owner && st.st_uid != ::geteuid()) {
    return Error{Errc::not_permitted, "unable to use '" + path +
                                          "': it belongs neither to root nor to the server's User"};
  }
  FileHandle directory{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  struct stat opened {};
  if (directory && (::fstat(directory.get(), &opened) != 0 || opened.st_dev != st.st_dev ||
                    opened.st_ino != st.st_ino)) {
    return Error{Errc::not_permitted, "unable to use '" + path + "': it was replaced meanwhile"};
  }
  if (directory && ::faccessat(directory.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
    return Error{Errc::not_permitted,
                 "unable to write to '" + path + "': " + core::errno_text(errno)};
  }
  // Descriptors below are moved about when a session starts.
  if (directory) directory = FileHandle{::fcntl(directory.get(), F_DUPFD_CLOEXEC, 10)};
  if (directory) return directory;
  return Error{Errc::io, "unable to open '" + path + "': " + core::errno_text(errno)};
}

/// Whatever is under that name already is none of ours, or a half-written one of a process before.
FileHandle FsStore::open_fresh(const std::string &file) const {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  FileHandle fresh{::openat(directory_.get(), file.c_str(), kFlags, 0600)};
  if (fresh || errno != EEXIST) return fresh;
  if (::unlinkat(directory_.get(), file.c_str(), 0) != 0) return {};
  return FileHandle{::openat(directory_.get(), file.c_str(), kFlags, 0600)};
}

Outcome FsStore::put(ByteView name, ByteView value, std::time_t expires, std::time_t now) {
  if (name.size() > kLongestName || value.size() > static_cast<std::size_t>(kLargest)) {
    return Outcome::too_large;
  }
  if (!name.empty() && name.back() < 16)
    sweep(now, name.front());  // names are random: one put of 16
  const std::string file = file_of(name);
  const std::string fresh = "." + std::to_string(::getpid()) + "-" +
                            to_hex(name.first(name.size() / 2)) + std::string(kHalfWritten);
  const FileHandle out = open_fresh(fresh);
  if (out && write_all(out.get(), value) && set_expiry(out.get(), expires) &&
      ::renameat(directory_.get(), fresh.c_str(), directory_.get(), file.c_str()) == 0) {
    return Outcome::done;
  }
  // After the login a session may not write here: that is known (doc/caches.md).
  if (!out) return errno == EACCES || errno == EPERM ? Outcome::skipped : Outcome::unavailable;
  ::unlinkat(directory_.get(), fresh.c_str(), 0);
  return Outcome::unavailable;
}

Found FsStore::get(ByteView name, std::time_t now) {
  if (name.size() > kLongestName) return {};
  const std::string file = file_of(name);
  const FileHandle in{
      ::openat(directory_.get(), file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!in) {
    if (errno == ELOOP) ::unlinkat(directory_.get(), file.c_str(), 0);
    return {errno == ENOENT || errno == ELOOP ? Outcome::miss : Outcome::unavailable};
  }
  struct stat st {};
  if (::fstat(in.get(), &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > kLargest) return {};
  if (st.st_mtime <= now) {
    if (::unlinkat(directory_.get(), file.c_str(), 0) == 0) shared_.expired++;
    return {};
  }
  Found found{Outcome::done, Bytes(static_cast<std::size_t>(st.st_size))};
  if (read_all(in.get(), found.bytes)) return found;
  return {Outcome::unavailable};
}

Outcome FsStore::remove(ByteView name) {
  if (name.size() > kLongestName) return Outcome::miss;
  if (::unlinkat(directory_.get(), file_of(name).c_str(), 0) == 0) return Outcome::done;
  return errno == ENOENT ? Outcome::miss : Outcome::unavailable;
}

/// False if the directory cannot be read. Stops when the visitor says so.
template <class Visit>
bool FsStore::each_file(const Visit &visit) {
  FileHandle again{::openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!again) return false;
  const DirectoryPtr directory{::fdopendir(::fcntl(again.get(), F_DUPFD_CLOEXEC, 3))};
  if (!directory) return false;
  while (const dirent *entry = ::readdir(directory.get())) {
    if (!visit(std::string_view{entry->d_name})) break;
  }
  return true;
}

core::Result<std::uint64_t> FsStore::clear() {
  std::uint64_t cleared = 0;
  int failure = 0;
  const bool read = each_file([&](std::string_view file) {
    if (!is_entry(file)) return true;
    if (::unlinkat(directory_.get(), file.data(), 0) == 0) {
      cleared++;
    } else if (errno != ENOENT) {
      failure = errno;
    }
    return true;
  });
  if (!read) return Error{Errc::io, "unable to read the directory: " + core::errno_text(errno)};
  if (failure != 0)
    return Error{Errc::io, "unable to remove entries: " + core::errno_text(failure)};
  return cleared;
}

StoreFacts FsStore::facts() {
  StoreFacts facts{.expired = shared_.expired};
  std::uint64_t visited = 0;
  each_file([&](std::string_view file) {
    facts.entries += is_entry(file) ? 1 : 0;
    return ++visited < limits_.names;
  });
  return facts;
}

void FsStore::sweep(std::time_t now, unsigned char share) {
  const std::string wanted = to_hex({&share, 1});
  std::uint64_t visited = 0;
  each_file([&](std::string_view file) {
    const bool half = is_half_written(file);
    const bool looked_at = ++visited <= limits_.files || file.starts_with(wanted);
    struct stat st {};
    if (looked_at && (half || is_entry(file)) &&
        ::fstatat(directory_.get(), file.data(), &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        st.st_mtime + (half ? kAbandoned : 0) <= now &&
        ::unlinkat(directory_.get(), file.data(), 0) == 0 && !half) {
      shared_.expired++;
    }
    return visited < limits_.names;
  });
}

}  // namespace mod_tls::cache
