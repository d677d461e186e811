// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/log.h"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "core/ascii.h"
#include "glue/module_state.h"
#include "glue/privileges.h"
#include "glue/proftpd.h"

namespace mod_tls::glue {

namespace {

/// Error stacks of the library fit; what a client makes up does not fill the disk.
constexpr std::size_t kLongestLine = 1024;

void report_open_failure(int result, int error) {
  switch (result) {
    case PR_LOG_WRITABLE_DIR:
      log_syslog(PR_LOG_WARNING,
                 "notice: unable to open TLSLog: parent directory is world-writable");
      return;
    case PR_LOG_SYMLINK:
      log_syslog(PR_LOG_WARNING, "notice: unable to open TLSLog: cannot log to a symbolic link");
      return;
    default:
      log_syslog(PR_LOG_NOTICE,
                 std::string("notice: unable to open TLSLog: ") + core::errno_text(error));
  }
}

}  // namespace

TlsLog::~TlsLog() {
  if (fd_ >= 0) close(fd_);
}

void TlsLog::open(const std::string &path) {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
  if (path.empty()) return;
  int fd = -1;
  int result = 0;
  int error = 0;
  {
    const RootPrivileges root;
    result = pr_log_openfile(path.c_str(), &fd, PR_LOG_SYSTEM_MODE);
    error = errno;
  }
  if (result != 0) {
    report_open_failure(result, error);
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
