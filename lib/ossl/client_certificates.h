// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Whether a data connection may belong to the client of a control connection, judged by the
/// certificates that clients presented: where control has one, data has the same. A control
/// connection without one says nothing about its client.
[[nodiscard]] bool client_certificates_agree(const SSL *control, const SSL *data);

}  // namespace mod_tls::ossl
