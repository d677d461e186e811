// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/config_faults.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <string_view>

#include "core/ascii.h"
#include "core/text_lines.h"
#include "glue/log.h"

namespace mod_tls::glue {

namespace {

/// More than the host has open while it reads, and more than a configuration has bytes.
constexpr int kHighestDescriptor = 255;
constexpr off_t kLongestConfiguration = 4L * 1024 * 1024;

bool is_source(int fd, off_t &size) {
  struct stat st {};
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) != O_RDONLY || ::fstat(fd, &st) != 0) return false;
  size = st.st_size;
  return S_ISREG(st.st_mode) && size <= kLongestConfiguration;
}

std::string contents_of(int fd, off_t size) {
  std::string text(static_cast<std::size_t>(size), '\0');
  const ssize_t n = ::pread(fd, text.data(), text.size(), 0);
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return text;
}

std::string path_of(int fd) {
  std::array<char, PATH_MAX> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t n = ::readlink(link.c_str(), path.data(), path.size());
  return n > 0 ? std::string(path.data(), static_cast<std::size_t>(n)) : std::string{};
}

/// The file that the host is reading, which it does not tell: the one opened last whose line has
/// the directive on it. Empty if there is none.
std::string source_of(std::string_view directive, unsigned line) {
  for (int fd = kHighestDescriptor; fd >= 0; fd--) {
    off_t size = 0;
    if (!is_source(fd, size)) continue;
    const std::string text = contents_of(fd, size);
    if (core::contains_ignoring_case(core::line_of(text, line), directive)) return path_of(fd);
  }
  return {};
}

/// As the host words it.
std::string fault_text(const cmd_rec *cmd, const char *message) {
  const unsigned line = pr_parser_get_lineno();
  const std::string path = source_of(static_cast<const char *>(cmd->argv[0]), line);
  std::string text = std::string("fatal: ") + message + " on line " + std::to_string(line);
  if (!path.empty()) text += " of " + core::quoted(path);
  return text;
}

}  // namespace

modret_t *ConfigFaults::collect(cmd_rec *cmd, modret_t *refusal) {
  if (!MODRET_ISERROR(refusal) || MODRET_ERRMSG(refusal) == nullptr || is_master == 0) {
    return refusal;
  }
  faults_.push_back(fault_text(cmd, MODRET_ERRMSG(refusal)));
  pr_log_pri(PR_LOG_WARNING, "%s", faults_.back().c_str());
  return PR_HANDLED(cmd);
}

}  // namespace mod_tls::glue
