// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <optional>

#include "core/ascii.h"
#include "core/log_fault.h"
#include "glue/module_state.h"
#include "glue/privileges.h"
#include "glue/proftpd.h"

namespace mod_tls::glue {

namespace {

/// Error stacks of the library fit; what a client makes up does not fill the disk.
constexpr std::size_t kLongestLine = 1024;

/// What is in the way of a log; `error` is an errno.
struct Obstacle {
  core::LogFault fault = core::LogFault::system;
  int error = 0;
};

void tell(const std::string &path, const Obstacle &obstacle) {
  const int level = obstacle.fault == core::LogFault::system ? PR_LOG_NOTICE : PR_LOG_WARNING;
  log_syslog(level, core::log_fault_text(path, obstacle.fault, core::errno_text(obstacle.error)));
}

/// As sessions do it, with root privileges. The obstacle, if it is not open in `fd`.
std::optional<Obstacle> open_file(const std::string &path, int &fd) {
  const RootPrivileges root;
  switch (pr_log_openfile(path.c_str(), &fd, PR_LOG_SYSTEM_MODE)) {
    case 0:
      return {};
    case PR_LOG_WRITABLE_DIR:
      return Obstacle{core::LogFault::writable_folder};
    case PR_LOG_SYMLINK:
      return Obstacle{core::LogFault::symbolic_link};
    default:
      return Obstacle{core::LogFault::system, errno};
  }
}

/// Whether a file could be made there, which only sessions are to do.
std::optional<Obstacle> look_at_folder(const std::string &path) {
  const std::string folder = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
  const RootPrivileges root;
  struct stat st {};
  if (::stat(folder.c_str(), &st) != 0) return Obstacle{core::LogFault::system, errno};
  if (!S_ISDIR(st.st_mode)) return Obstacle{core::LogFault::system, ENOTDIR};
  if ((st.st_mode & S_IWOTH) != 0) return Obstacle{core::LogFault::writable_folder};
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return {};
  return Obstacle{core::LogFault::system, errno};
}

bool lies_there(const std::string &path, struct stat &st) {
  const RootPrivileges root;
  return ::lstat(path.c_str(), &st) == 0;
}

std::optional<Obstacle> look_at_log(const std::string &path) {
  if (path.front() != '/') return Obstacle{core::LogFault::not_absolute};
  struct stat st {};
  if (!lies_there(path, st)) return look_at_folder(path);
  if (S_ISFIFO(st.st_mode)) return {};  // whoever reads from it may not be there yet
  int fd = -1;
  auto obstacle = open_file(path, fd);
  if (!obstacle) close(fd);
  return obstacle;
}

}  // namespace

void check_log(const std::string &path) {
  if (path.empty()) return;
  if (const auto obstacle = look_at_log(path)) tell(path, *obstacle);
}

TlsLog::~TlsLog() {
  if (fd_ >= 0) close(fd_);
}

void TlsLog::open(const std::string &path) {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
  if (path.empty()) return;
  int fd = -1;
  if (const auto obstacle = open_file(path, fd)) {
    tell(path, *obstacle);
    return;
  }
  fd_ = fd;
}

void TlsLog::line(std::string_view text) const {
  if (fd_ < 0) return;
  const std::string line = core::printable_line(text, kLongestLine);
  pr_log_writefile(fd_, kVersion, "%s", line.c_str());
}

void tls_log_line(std::string_view text) {
  if (const auto &session = module_state().session) session->log().line(text);
}

}  // namespace mod_tls::glue

int tls_log(const char *format, ...) {
  std::array<char, 4096> text{};
  va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  if (length < 0) return -1;
  mod_tls::glue::tls_log_line(text.data());
  return 0;
}
