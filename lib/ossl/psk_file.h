// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

#include "core/result.h"
#include "core/secret.h"

namespace mod_tls::ossl {

/// Reads the file of a pre-shared key. It must be a regular file that others than its owner and
/// group can neither read nor write. The error says what is wrong with it, without its contents.
core::Result<core::SecretBytes> read_psk_file(const std::string &path);

}  // namespace mod_tls::ossl
