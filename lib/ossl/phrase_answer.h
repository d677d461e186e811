// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "ossl/pass_phrase.h"

namespace mod_tls::ossl {

/// What the library's question for a pass phrase is answered with.
struct PhraseAnswer {
  const PassPhrase *phrase = nullptr;  ///< nullptr: nothing.
  bool asked = false;
};

/// The pem_password_cb(3) whose user data is a PhraseAnswer. Never asks on a terminal by itself:
/// the daemon may have none, or block on it.
int answer_with_phrase(char *buffer, int size, int writing, void *data) noexcept;

}  // namespace mod_tls::ossl
