// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "core/variables.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// What is shown of a connection whose handshake is done. `with_certificates` asks for the facts
/// of certificates, which cost more than the rest.
[[nodiscard]] core::SessionFacts session_facts(SSL *ssl, bool with_certificates);

/// Tells the handshakes of a connection apart, whoever asked for them: the client's Finished
/// message.
[[nodiscard]] std::string handshake_mark(const SSL *ssl);

}  // namespace mod_tls::ossl
