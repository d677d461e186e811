// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "glue/proftpd.h"

namespace mod_tls::glue {

/// ConfigFaults are the directives that were refused while the host reads its configuration. It
/// would give up at the first one; so they are told one by one, and the start is refused when the
/// configuration has been read (on_postparse), with all of them known.
class ConfigFaults {
 public:
  /// Tells and keeps the fault in `refusal` if there is one, and if the configuration of the daemon
  /// is being read; returns what to give to the host. In a session (.ftpaccess) faults stay the
  /// host's to report.
  modret_t *collect(cmd_rec *cmd, modret_t *refusal);

  [[nodiscard]] const std::vector<std::string> &all() const { return faults_; }

 private:
  std::vector<std::string> faults_;
};

}  // namespace mod_tls::glue
