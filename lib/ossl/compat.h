// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <openssl/opensslconf.h>
#include <openssl/opensslv.h>

#include "core/protocol_set.h"

namespace mod_tls::ossl {

/// The protocol versions the library was built with. This file alone asks for its features.
inline constexpr core::ProtocolSet kLibraryProtocols {
#if !defined(OPENSSL_NO_SSL3) && !defined(OPENSSL_NO_SSL3_METHOD)
  core::Protocol::sslv3,
#endif
#ifndef OPENSSL_NO_TLS1
      core::Protocol::tlsv1,
#endif
#ifndef OPENSSL_NO_TLS1_1
      core::Protocol::tlsv1_1,
#endif
#ifndef OPENSSL_NO_TLS1_2
      core::Protocol::tlsv1_2,
#endif
#ifndef OPENSSL_NO_TLS1_3
      core::Protocol::tlsv1_3,
#endif
};

/// Whether sessions end to a fraction of a second, although their begin is set in whole seconds.
inline constexpr bool kSessionsEndPrecisely = OPENSSL_VERSION_PREREQ(3, 2);

}  // namespace mod_tls::ossl
