// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <vector>

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// The issuers of `leaf` that are in `pool`, each behind the one that it issued (RFC 8446 section
/// 4.4.2), whatever their order there. What did not issue anything is left out, and so are roots,
/// which the client has or does not trust.
[[nodiscard]] std::vector<X509Ptr> issuers_of(X509 *leaf, const std::vector<X509Ptr> &pool);

}  // namespace mod_tls::ossl
