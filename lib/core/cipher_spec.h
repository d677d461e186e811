// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mod_tls::core {

/// CipherSpec is the effect of all TLSCipherSuite directives on a server.
struct CipherSpec {
  /// OpenSSL cipher list for TLS 1.2 and older, as the admin wrote it.
  std::string legacy = "DEFAULT:!ADH:!EXPORT:!DES";
  /// TLS 1.3 suites, colon-separated; empty means the library's own.
  std::string tls13 = {};

  friend bool operator==(const CipherSpec &, const CipherSpec &) = default;
};

/// One TLSCipherSuite directive: which of the two lists it sets, and to what.
struct CipherEdit {
  enum class Class { legacy, tls13 };
  Class kind;
  std::string list;

  friend bool operator==(const CipherEdit &, const CipherEdit &) = default;
};

/// Parses the words of TLSCipherSuite (doc/directives.md), syntax only; whether the library knows
/// the names is asked in ossl.
Result<CipherEdit> parse_cipher_suite(std::span<const std::string_view> words);

/// The list handed to the library: "!EXPORT" is appended unless a system policy ("PROFILE=") is
/// named.
[[nodiscard]] std::string effective_legacy_list(std::string_view list);

}  // namespace mod_tls::core
