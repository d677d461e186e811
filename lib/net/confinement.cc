// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/confinement.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mod_tls::net {

namespace {

using core::Errc;
using core::Error;

struct CloseDirectory {
  void operator()(DIR *directory) const noexcept { ::closedir(directory); }
};

/// Without /proc, or when no descriptor is left to look into it.
std::vector<int> try_descriptors() {
  std::vector<int> found;
  const int most = static_cast<int>(std::clamp(::sysconf(_SC_OPEN_MAX), 0L, 65536L));
  for (int fd = 0; fd < most; fd++) {
    if (::fcntl(fd, F_GETFD) >= 0) found.push_back(fd);
  }
  return found;
}

std::vector<int> open_descriptors() {
  const std::unique_ptr<DIR, CloseDirectory> directory{::opendir("/proc/self/fd")};
  if (!directory) return try_descriptors();
  std::vector<int> found;
  while (const dirent *entry = ::readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    int fd = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), fd);
    if (error == std::errc{} && fd != ::dirfd(directory.get())) found.push_back(fd);
  }
  return found;
}

/// Where a socket was bound to: its port or path, which its connections have in common with it.
std::optional<std::string> place_of(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(fd, reinterpret_cast<sockaddr *>(&storage), &size) != 0) return {};
  switch (storage.ss_family) {
    case AF_INET:
      return "port " + std::to_string(reinterpret_cast<const sockaddr_in *>(&storage)->sin_port);
    case AF_INET6:
      return "port " + std::to_string(reinterpret_cast<const sockaddr_in6 *>(&storage)->sin6_port);
    case AF_UNIX:
      return "path " + std::string(reinterpret_cast<const char *>(&storage), size);
    default:
      return {};
  }
}

bool accepts(int fd) {
  int accepting = 0;
  socklen_t size = sizeof accepting;
  return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepting, &size) == 0 && accepting != 0;
}

bool has_all_ids_of(const Account &account) {
  uid_t users[3] = {};
  gid_t groups[3] = {};
  if (::getresuid(&users[0], &users[1], &users[2]) != 0) return false;
  if (::getresgid(&groups[0], &groups[1], &groups[2]) != 0) return false;
  return std::ranges::all_of(users, [&](uid_t id) { return id == account.user; }) &&
         std::ranges::all_of(groups, [&](gid_t id) { return id == account.group; });
}

}  // namespace

void close_servers() {
  const std::vector<int> descriptors = open_descriptors();
  std::vector<std::string> served;
  for (const int fd : descriptors) {
    auto place = accepts(fd) ? place_of(fd) : std::nullopt;
    if (place) served.push_back(std::move(*place));
  }
  for (const int fd : descriptors) {
    const auto place = place_of(fd);
    if (place && std::ranges::find(served, *place) != served.end()) ::close(fd);
  }
}

core::Status become(const Account &account) {
  if (::geteuid() == 0 && ::setgroups(account.groups.size(), account.groups.data()) != 0) {
    return Error{Errc::not_permitted, "cannot set the groups: " + core::errno_text(errno)};
  }
  const bool taken = ::setresgid(account.group, account.group, account.group) == 0 &&
                     ::setresuid(account.user, account.user, account.user) == 0;
  if (!taken || !has_all_ids_of(account)) {
    return Error{Errc::not_permitted, "cannot become user " + std::to_string(account.user) + ": " +
                                          core::errno_text(errno)};
  }
  if (account.user != 0 && ::setuid(0) == 0) {
    return Error{Errc::not_permitted, "root's rights could be had back"};
  }
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  return core::success();
}

}  // namespace mod_tls::net
