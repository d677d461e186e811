// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/credential_files.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace mod_tls::core {

namespace {

struct KindNames {
  CredentialKind kind;
  std::string_view certificate;
  std::string_view key;
  std::string_view type;
};

constexpr KindNames kNames[] = {
    {CredentialKind::any, "TLSCertificateFile", "TLSCertificateKeyFile", ""},
    {CredentialKind::dsa, "TLSDSACertificateFile", "TLSDSACertificateKeyFile", "DSA"},
    {CredentialKind::ec, "TLSECCertificateFile", "TLSECCertificateKeyFile", "EC"},
    {CredentialKind::pkcs12, "TLSPKCS12File", "TLSPKCS12File", ""},
    {CredentialKind::rsa, "TLSRSACertificateFile", "TLSRSACertificateKeyFile", "RSA"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(kNames); i++) {
    if (static_cast<std::size_t>(kNames[i].kind) != i) return false;
  }
  return true;
}
static_assert(in_order(), "names_of() takes the kind for the index of its row");

const KindNames &names_of(CredentialKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace

std::string_view certificate_directive(CredentialKind kind) {
  return names_of(kind).certificate;
}

std::string_view key_directive(CredentialKind kind) {
  return names_of(kind).key;
}

std::string_view expected_type(CredentialKind kind) {
  return names_of(kind).type;
}

std::string directives_for(std::string_view type) {
  std::string any{certificate_directive(CredentialKind::any)};
  // RSA-PSS keys are RSA keys to everybody but the library.
  const std::string_view wanted = type == "RSA-PSS" ? "RSA" : type;
  const auto *row = std::ranges::find(kNames, wanted, &KindNames::type);
  if (row == std::end(kNames) || row->type.empty()) return any;
  return std::string(row->certificate) + " or " + any;
}

}  // namespace mod_tls::core
