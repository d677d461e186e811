// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/crypto_device.h"

#include <openssl/provider.h>

#include "core/crypto_device.h"
#include "ossl/error_queue.h"

namespace mod_tls::ossl {

bool provide(const std::string &provider) {
  return OSSL_PROVIDER_available(nullptr, provider.c_str()) == 1 ||
         OSSL_PROVIDER_try_load(nullptr, provider.c_str(), 1) != nullptr;
}

SslCtxPtr make_context(const SSL_METHOD *method, const std::string &device) {
  const std::string query = core::property_query(device);
  return SslCtxPtr{SSL_CTX_new_ex(nullptr, query.empty() ? nullptr : query.c_str(), method)};
}

DeviceReport load_device(const std::string &device) {
  if (device.empty()) return {};
  if (device == core::kEveryDevice) return {.text = "enabled all builtin crypto devices"};
  const std::string name = "TLSCryptoDevice '" + device + "'";
  clear_errors();
  if (provide(device)) return {.text = "using " + name};
  return {.available = false,
          .text = name + " is not available: OpenSSL cannot load a provider of that name (" +
                  to_line(take_errors()) +
                  "); install it and name it as `openssl list -providers` does. The algorithms of "
                  "the other providers are used"};
}

}  // namespace mod_tls::ossl
