// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <ctime>
#include <string>
#include <vector>

#include "core/directive_table.h"
#include "core/result.h"

namespace mod_tls::ossl {

/// What a file named by a directive turned out to be, when the configuration is read.
struct FileFinding {
  std::vector<std::string> notices;  ///< "certificate '<p>': expired on <time>", wrong key type.
};

/// Tries `value` as `check` asks (doc/directives.md): the error text is what the host
/// shows behind the directive's name; notices do not stop the start. `now` decides on expiry.
core::Result<FileFinding> check_value(core::FileCheck check, const core::EditValue &value,
                                      std::time_t now);

}  // namespace mod_tls::ossl
