// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// A name in one line: "CN = alice, O = Example".
[[nodiscard]] std::string text_of(const X509_NAME *name);

/// A time: "Nov 21 12:00:00 2026 GMT"; "never" for null.
[[nodiscard]] std::string text_of(const ASN1_TIME *time);

}  // namespace mod_tls::ossl
