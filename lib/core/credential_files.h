// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mod_tls::core {

/// The directives that a credential of the server can come from. `any` takes the type of its key
/// from the file.
enum class CredentialKind : std::uint8_t { any, dsa, ec, pkcs12, rsa };

/// A certificate and its private key, by absolute path. An empty `key` means that the key is in
/// the certificate file.
struct CredentialFiles {
  std::string certificate = {};
  std::string key = {};
  bool of_section = false;  ///< <IfClass> has it: takes the place of others of its type.

  [[nodiscard]] bool configured() const { return !certificate.empty(); }
  [[nodiscard]] const std::string &key_file() const { return key.empty() ? certificate : key; }

  friend bool operator==(const CredentialFiles &, const CredentialFiles &) = default;
};

/// A credential with where it was configured.
struct ConfiguredCredential {
  CredentialKind kind;
  CredentialFiles files;
};

/// "TLSRSACertificateFile" and its sisters; "TLSPKCS12File", which has the key, too.
[[nodiscard]] std::string_view certificate_directive(CredentialKind kind);
/// "TLSRSACertificateKeyFile" and its sisters.
[[nodiscard]] std::string_view key_directive(CredentialKind kind);

/// The type of key that a directive is meant for: "RSA", "DSA" or "EC"; empty for those that take
/// any.
[[nodiscard]] std::string_view expected_type(CredentialKind kind);
/// The directives that take a certificate with a key of `type`, to advise: "TLSECCertificateFile or
/// TLSCertificateFile".
[[nodiscard]] std::string directives_for(std::string_view type);

}  // namespace mod_tls::core
