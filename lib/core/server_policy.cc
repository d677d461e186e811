// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/server_policy.h"

namespace mod_tls::core {

std::vector<ConfiguredCredential> configured_credentials(const ServerPolicy &policy) {
  std::vector<ConfiguredCredential> found;
  const auto add = [&found](CredentialKind kind, const CredentialFiles &files) {
    if (files.configured()) found.push_back({kind, files});
  };
  for (const CredentialFiles &files : policy.any_type) add(CredentialKind::any, files);
  add(CredentialKind::dsa, policy.dsa);
  add(CredentialKind::ec, policy.ec);
  add(CredentialKind::pkcs12, {.certificate = policy.pkcs12_file});
  add(CredentialKind::rsa, policy.rsa);
  return found;
}

}  // namespace mod_tls::core
