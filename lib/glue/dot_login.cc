// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/dot_login.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "cache/file_handle.h"
#include "core/ascii.h"
#include "core/dot_login.h"
#include "glue/log.h"
#include "glue/privileges.h"

namespace mod_tls::glue {

namespace {

/// The supplementary groups of this process; empty if they cannot be told.
std::vector<gid_t> own_groups() {
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(getgroups(0, nullptr), 0)));
  if (getgroups(static_cast<int>(groups.size()), groups.data()) < 0) groups.clear();
  return groups;
}

/// UserRights has the ids of a user for one scope, where the process may take them: root could read
/// what is not the user's to show. Of groups only the user's first one is kept.
class UserRights {
 public:
  explicit UserRights(const struct passwd &user) : group_(getegid()), groups_(own_groups()) {
    if (geteuid() != PR_ROOT_UID || user.pw_uid == PR_ROOT_UID) return;
    taken_ = true;
    in_force_ =
        setgroups(1, &user.pw_gid) == 0 && setegid(user.pw_gid) == 0 && seteuid(user.pw_uid) == 0;
  }
  UserRights(const UserRights &) = delete;
  UserRights &operator=(const UserRights &) = delete;
  ~UserRights() {
    if (!taken_) return;
    const int saved = errno;
    // What fails here leaves fewer rights, not more: the host's own ones follow.
    if (seteuid(PR_ROOT_UID) != 0 || setegid(group_) != 0 ||
        setgroups(groups_.size(), groups_.data()) != 0) {
      log_syslog(PR_LOG_ERR, "unable to give the rights of a user back");
    }
    errno = saved;
  }

  /// False, with errno set: the process has more rights than the user, and must read nothing.
  [[nodiscard]] bool in_force() const { return in_force_; }

 private:
  RootPrivileges root_;
  gid_t group_;
  std::vector<gid_t> groups_;
  bool taken_ = false;
  bool in_force_ = true;
};

core::Error unable(const char *what, const std::string &path, const std::string &why) {
  return {core::Errc::unusable,
          std::string("unable to ") + what + ' ' + core::quoted(path) + ": " + why};
}

core::Error system_error(const char *what, const std::string &path) {
  return unable(what, path, core::errno_text(errno));
}

/// The file behind the descriptor, in the home that was looked at last: whoever could exchange one
/// or the other in between owns them.
std::optional<core::Error> unfit(int fd, const struct passwd &user, const std::string &path) {
  struct stat file {};
  struct stat home {};
  if (::fstat(fd, &file) != 0 || ::stat(user.pw_dir, &home) != 0) return system_error("open", path);
  const std::string fault = core::dot_login_fault({.regular = S_ISREG(file.st_mode),
                                                   .size = static_cast<std::uint64_t>(file.st_size),
                                                   .user = user.pw_uid,
                                                   .owner = file.st_uid,
                                                   .home_owner = home.st_uid,
                                                   .mode = file.st_mode,
                                                   .home_mode = home.st_mode});
  if (fault.empty()) return {};
  return unable("use", path, fault);
}

core::Result<std::string> contents_of(int fd, const std::string &path) {
  std::string text(core::kMaxDotLogin, '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::read(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("open", path);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  text.resize(done);
  return text;
}

}  // namespace

core::Result<std::string> read_dot_login(const struct passwd &user) {
  const std::string home = user.pw_dir != nullptr ? user.pw_dir : "";
  const std::string path = home + '/' + std::string(core::kDotLoginName);
  if (!home.starts_with('/')) return unable("use", path, "the home is no absolute path");
  const UserRights rights{user};
  if (!rights.in_force()) return system_error("take the rights of the user for", path);
  const cache::FileHandle file{
      ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
  if (file.get() < 0) return system_error("open", path);
  if (auto error = unfit(file.get(), user, path)) return std::move(*error);
  return contents_of(file.get(), path);
}

}  // namespace mod_tls::glue
