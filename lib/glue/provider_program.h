// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/result.h"
#include "ossl/pass_phrase.h"

namespace mod_tls::glue {

/// Runs the program of TLSPassPhraseProvider with `arguments` and takes what it writes for a pass
/// phrase. It runs as root where the server has root, in a session of its own, with a PATH and
/// nothing else in its environment, with /dev/null for input and no other descriptors, for at most
/// 10 seconds. `on_stderr` gets what it says on standard error.
core::Result<ossl::PassPhrase> run_provider(const std::string &program,
                                            const std::vector<std::string> &arguments,
                                            const std::function<void(std::string)> &on_stderr);

}  // namespace mod_tls::glue
