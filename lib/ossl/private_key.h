// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

#include "core/result.h"
#include "ossl/handles.h"
#include "ossl/pass_phrases.h"

namespace mod_tls::ossl {

/// A private key, and what is doubtful about the file it is in; empty if nothing is.
struct PrivateKey {
  EvpPkeyPtr key;
  std::string notice = {};
};

/// The private key of a PEM file, named by its path or a "file:" URI, or what another URI stands
/// for. `type` is what to call it when its pass phrase
/// is asked for. The error's message is the cause alone.
core::Result<PrivateKey> load_private_key(const std::string &name, const std::string &type,
                                          const PassPhrases &phrases);

/// Whether a PEM file has a private key; one that is encrypted will do. Asks nobody, and does not
/// look into tokens.
core::Status check_private_key(const std::string &name);

}  // namespace mod_tls::ossl
