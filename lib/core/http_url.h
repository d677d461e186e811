// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mod_tls::core {

/// Where an HTTP request goes (RFC 3986, RFC 9110 section 4.2.1).
struct HttpUrl {
  std::string host;  ///< A name or an address; an IPv6 address without its brackets.
  std::uint16_t port = 80;
  std::string target = "/";  ///< Path and query.

  friend bool operator==(const HttpUrl &, const HttpUrl &) = default;
};

/// Reads an absolute http URL. Https is unsupported: OCSP responses are signed, and the
/// certificate of their server would need a check of its own (RFC 5280 section 8 warns of it).
Result<HttpUrl> parse_http_url(std::string_view text);

/// The value of the header field Host.
[[nodiscard]] std::string host_field(const HttpUrl &url);

}  // namespace mod_tls::core
