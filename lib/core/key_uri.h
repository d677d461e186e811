// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <string_view>

namespace mod_tls::core {

/// Whether the name of a key is a URI ("pkcs11:token=ftp;object=key", RFC 7512) and not a path: it
/// begins with a scheme (RFC 3986 section 3.1) of two letters or more.
[[nodiscard]] bool is_key_uri(std::string_view name);

/// The scheme of a URI: "pkcs11".
[[nodiscard]] std::string_view scheme_of(std::string_view uri);
/// Whether it is `scheme`, in upper or lower case.
[[nodiscard]] bool has_scheme(std::string_view uri, std::string_view scheme);

/// Whether the name of a key is a URI of what is no file: of a token, say, that only its provider
/// can use.
[[nodiscard]] bool is_token_uri(std::string_view name);

/// The absolute path in a "file:" URI (RFC 8089) without a host or with "localhost"; empty for all
/// other names.
[[nodiscard]] std::string file_of_uri(std::string_view uri);

/// The name of a key as it may be shown: the value of "pin-value" in a URI is left out.
[[nodiscard]] std::string without_pin(std::string_view name);

/// `text`, say of an error, without the PIN that `uri` has.
[[nodiscard]] std::string without_pin_of(std::string_view uri, std::string text);

}  // namespace mod_tls::core
