// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

#include "core/result.h"
#include "ossl/credentials.h"

namespace mod_tls::ossl {

/// Key, certificate and chain of a PKCS#12 file (RFC 7292). The error's message is the cause alone.
core::Result<Credential> load_pkcs12(const std::string &path, const PassPhrases &phrases);

/// Whether a file looks like PKCS#12. Asks nobody for its password.
core::Status check_pkcs12(const std::string &path);

}  // namespace mod_tls::ossl
