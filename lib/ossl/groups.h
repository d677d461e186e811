// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "core/group_versions.h"
#include "core/result.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Lets a context agree on the groups of `list` ("X25519:P-256", best first) only. An empty list
/// leaves the choice to the library. The error names the groups this library does not know.
core::Status set_groups(SSL_CTX *ctx, const std::string &list);

/// All groups of the providers that are loaded, under each of their names.
[[nodiscard]] std::vector<core::GroupVersions> known_groups();

/// Tries a list on a context of its own.
core::Status try_groups(const std::string &list);

}  // namespace mod_tls::ossl
