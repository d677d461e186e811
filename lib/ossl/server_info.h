// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Lets a context send the extensions of a serverinfo file (PEM blocks "SERVERINFO FOR ..."), with
/// each of its certificates, to clients that ask for them. The value is a notice if the file cannot
/// be used; the server works without it.
[[nodiscard]] std::vector<std::string> set_server_info(SSL_CTX *ctx, const std::string &path);

}  // namespace mod_tls::ossl
