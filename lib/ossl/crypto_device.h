// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Whether the provider of that name serves this process; loads it if need be, for as long as the
/// process lives and without replacing those that are there (OSSL_PROVIDER_try_load(3)).
[[nodiscard]] bool provide(const std::string &provider);

/// A context whose algorithms are those of the TLSCryptoDevice `device` where that has them, and of
/// other providers elsewhere. Null if the library makes none.
[[nodiscard]] SslCtxPtr make_context(const SSL_METHOD *method, const std::string &device);

/// What is to be told of a TLSCryptoDevice.
struct DeviceReport {
  bool available = true;
  std::string text = {};  ///< Empty if none is configured.
};

/// Loads the device that is configured, if any, and says what came of it.
[[nodiscard]] DeviceReport load_device(const std::string &device);

}  // namespace mod_tls::ossl
