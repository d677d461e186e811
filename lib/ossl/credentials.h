// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "core/directive_table.h"
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

/// Loads certificate and key and checks the pair. The error names the directive of `kind`
/// ("TLSRSACertificateKeyFile ..."), the path, and what to do.
core::Result<Credential> load_credential(KeyKind kind, const core::CredentialFiles &files);

/// Every certificate of a PEM file, in order. An empty file is an error.
core::Result<std::vector<X509Ptr>> load_certificates(const std::string &path);

/// What a file named by a directive turned out to be, when the configuration is read.
struct FileFinding {
  std::vector<std::string> notices;  ///< "certificate '<p>': expired on <time>", wrong key type.
};

/// Tries `value` as `check` asks (directives.md 1.1 to 1.11): the error text is what the host
/// shows behind the directive's name; notices do not stop the start. `now` decides on expiry.
core::Result<FileFinding> check_value(core::FileCheck check, const core::EditValue &value,
                                      std::time_t now);

}  // namespace mod_tls::ossl
