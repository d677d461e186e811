// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

#include "core/result.h"
#include "core/secret.h"

namespace mod_tls::ossl {

/// The contents of a file that holds a secret shared by several hosts: 32 to 4096 bytes that are
/// hard to guess, in a regular file that its owner alone (root, or who runs the server) can read.
/// Errors name the file and what to do, and nothing of its contents.
core::Result<core::SecretBytes> read_secret_file(const std::string &path);

}  // namespace mod_tls::ossl
