// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/client_names.h"
#include "core/result.h"

namespace mod_tls::core {

/// TLSUserName: which part of a client's certificate is the name of the user who needs no password.
struct UserNameField {
  enum class Kind : std::uint8_t { none, common_name, email, oid };
  Kind kind = Kind::none;
  std::string oid = {};  ///< Of a subject attribute or an extension.

  friend bool operator==(const UserNameField &, const UserNameField &) = default;
};

/// "CommonName", "EmailSubjAltName", or an OID of digits and dots.
Result<UserNameField> parse_user_name_field(std::string_view word);

/// As it would be written; "none" if it is not.
[[nodiscard]] std::string to_string(const UserNameField &field);

/// What a certificate has for a field.
struct UserNameFacts {
  CertificateNames names = {};
  std::vector<std::string> oid_values = {};  ///< Of UserNameField::oid.
};

/// Whether `user` may log in, and what the log says about it.
struct LoginVerdict {
  bool accepted = false;
  std::vector<std::string> lines = {};
};

/// The field has to be equal to the user's name, byte for byte.
[[nodiscard]] LoginVerdict judge_user_name(const UserNameField &field, const UserNameFacts &facts,
                                           std::string_view user);

}  // namespace mod_tls::core
