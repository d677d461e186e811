// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/token_keys.h"

#include "core/key_uri.h"
#include "ossl/credentials.h"
#include "ossl/error_queue.h"

namespace mod_tls::ossl {

core::Status reopen_token_keys(SSL_CTX *ctx, const core::ServerPolicy &policy,
                               const PassPhrases &phrases) {
  for (const core::ConfiguredCredential &source : core::configured_credentials(policy)) {
    if (!core::is_token_uri(source.files.key)) continue;
    auto credential = load_credential(source, phrases);
    if (!credential) return std::move(credential).error();
    clear_errors();
    if (SSL_CTX_use_PrivateKey(ctx, credential->key.get()) == 1) continue;
    return core::Error{core::Errc::crypto,
                       std::string(core::key_directive(source.kind)) +
                           ": the key cannot be used: " + to_line(take_errors())};
  }
  return core::success();
}

}  // namespace mod_tls::ossl
