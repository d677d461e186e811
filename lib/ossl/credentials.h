// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/server_policy.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// The kind of key a credential directive stands for.
enum class KeyKind { rsa, ec };

/// Credential is a certificate with the private key that was proved to match it.
struct Credential {
  X509Ptr certificate;
  EvpPkeyPtr key;
};

/// "TLSRSACertificateFile", "TLSRSACertificateKeyFile" and their EC sisters.
[[nodiscard]] std::string_view certificate_directive(KeyKind kind);
[[nodiscard]] std::string_view key_directive(KeyKind kind);

/// Loads certificate and key and checks the pair. The error names the directive of `kind`
/// ("TLSRSACertificateKeyFile ..."), the path, and what to do.
core::Result<Credential> load_credential(KeyKind kind, const core::CredentialFiles &files);

/// What is doubtful about a certificate, if anything: another type of key than its directive says,
/// expired at `now`, not valid yet.
[[nodiscard]] std::vector<std::string> certificate_notices(KeyKind kind, const std::string &path,
                                                           const X509 *certificate,
                                                           std::time_t now);

}  // namespace mod_tls::ossl
