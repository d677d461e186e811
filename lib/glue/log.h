// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <string_view>

namespace mod_tls::glue {

/// Name and version as they stand in every log line.
inline constexpr char kVersion[] = "mod_tls/3.0.0";
/// How OCSP responders see us.
inline constexpr char kAgent[] = "proftpd+mod_tls/3.0.0";

/// TlsLog is the file of the TLSLog directive in a session process.
class TlsLog {
 public:
  TlsLog() = default;
  TlsLog(const TlsLog &) = delete;
  TlsLog &operator=(const TlsLog &) = delete;
  ~TlsLog();

  /// Opens `path` (with root privileges, mode 0640) in place of what was open; empty or failing
  /// means no log, and a failure is told to syslog.
  void open(const std::string &path);
  /// Writes one line; nothing happens without an open file.
  void line(std::string_view text) const;

 private:
  int fd_ = -1;
};

/// At the start: a notice if sessions will not be able to open `path`. Nothing is made there.
void check_log(const std::string &path);

/// One line to the session's TLSLog.
void tls_log_line(std::string_view text);
/// One line to syslog or SystemLog, at a PR_LOG_* level.
void log_syslog(int level, std::string_view text);
/// One line to the debug log, at a DEBUG0..DEBUG10 level.
void log_debug(int level, std::string_view text);

}  // namespace mod_tls::glue
