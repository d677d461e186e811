// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

#include "core/result.h"
#include "core/server_policy.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// The CA certificates that other servers are verified with (TLSVerifyServer), as PEM text: those
/// of TLSCACertificateFile and TLSCACertificatePath, or of the system where neither is set.
/// Sessions cannot reach the files any more when they need them, and hardly any session does: so
/// the files are read ahead, and what is in them is looked at in make_trust_store(). Files of a
/// directory that cannot be read are passed over.
core::Result<std::string> read_trust_text(const core::ServerPolicy &policy);

/// Whether the text would be that of the system.
[[nodiscard]] bool uses_system_trust(const core::ServerPolicy &policy);

/// A store of the certificates in `text`; an error if it has none.
core::Result<X509StorePtr> make_trust_store(const std::string &text);

}  // namespace mod_tls::ossl
