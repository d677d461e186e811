// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// A name in one line: "CN = alice, O = Example"; letters beyond ASCII as they are.
[[nodiscard]] std::string text_of(const X509_NAME *name);

/// A name with everything but printable ASCII escaped, in the form that `flags` asks for
/// (X509_NAME_print_ex(3)).
[[nodiscard]] std::string escaped_text_of(const X509_NAME *name,
                                          unsigned long flags = XN_FLAG_ONELINE);

/// A time: "Nov 21 12:00:00 2026 GMT"; "never" for null.
[[nodiscard]] std::string text_of(const ASN1_TIME *time);

/// Seconds from `now` to a time, negative when it has passed; empty if it is not a time.
[[nodiscard]] std::optional<std::int64_t> seconds_until(const ASN1_TIME *time, std::time_t now);

/// What has been written into a memory BIO.
[[nodiscard]] std::string contents_of(const BioPtr &bio);

}  // namespace mod_tls::ossl
