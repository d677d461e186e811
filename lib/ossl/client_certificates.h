// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Remembers with `ssl` whose connection it is from now on: that of the client with `certificate`;
/// null for one without. Renegotiations of `ssl` refuse any other certificate (peer_verifier.h);
/// see also identity_unchanged(). False if it cannot be remembered: the connection must end.
[[nodiscard]] bool keep_identity(SSL *ssl, X509 *certificate);

/// The certificate that was remembered; null if there is none.
[[nodiscard]] X509 *kept_identity(const SSL *ssl);

/// Whether the client of `ssl` presents now what was remembered: that certificate, or none.
[[nodiscard]] bool identity_unchanged(const SSL *ssl);

/// Whether a data connection may belong to the client of a control connection, judged by the
/// certificates that clients presented: where control has one (keep_identity()), data has the same.
/// A control connection without one says nothing about its client.
[[nodiscard]] bool client_certificates_agree(const SSL *control, const SSL *data);

}  // namespace mod_tls::ossl
