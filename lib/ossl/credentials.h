// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <ctime>
#include <string>
#include <vector>

#include "core/credential_files.h"
#include "core/result.h"
#include "ossl/handles.h"
#include "ossl/pass_phrases.h"

namespace mod_tls::ossl {

/// Credential is a certificate with the private key that was proved to match it, those issuers of
/// it that its own file has, and what is doubtful about its files.
struct Credential {
  X509Ptr certificate;
  EvpPkeyPtr key;
  std::vector<X509Ptr> chain = {};
  std::string notice = {};
};

/// The type of the key in a certificate, as OpenSSL names it ("RSA", "EC", "ED25519").
[[nodiscard]] std::string key_type(const X509 *certificate);

/// Loads certificate, key and chain and checks the pair; `phrases` opens what is encrypted. The
/// error names the directive ("TLSRSACertificateKeyFile ..."), the path, and what to do.
core::Result<Credential> load_credential(const core::ConfiguredCredential &source,
                                         const PassPhrases &phrases = {});

/// What is doubtful about a certificate, if anything: another type of key than its directive says,
/// expired at `now`, not valid yet.
[[nodiscard]] std::vector<std::string> certificate_notices(core::CredentialKind kind,
                                                           const std::string &path,
                                                           const X509 *certificate,
                                                           std::time_t now);

}  // namespace mod_tls::ossl
