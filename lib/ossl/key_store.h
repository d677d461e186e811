// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

#include "core/result.h"
#include "ossl/handles.h"
#include "ossl/pass_phrases.h"

namespace mod_tls::ossl {

/// The private key that a URI stands for, by way of OSSL_STORE(7): "pkcs11:" with the provider of
/// that name, which is loaded if the configuration of OpenSSL has not done so, and what other
/// providers know. `phrases` knows the PIN or pass phrase; `type` is what to call the key
/// when it is asked for. The error's message is the cause alone.
core::Result<EvpPkeyPtr> load_stored_key(const std::string &uri, const std::string &type,
                                         const PassPhrases &phrases);

}  // namespace mod_tls::ossl
