// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/alpn.h"

#include <algorithm>
#include <iterator>

#include "ossl/session_binding.h"

namespace mod_tls::ossl {

namespace {

/// Best first; a control connection goes by the first name alone.
constexpr std::string_view kOurNames[] = {"ftp", "ftp-data"};

int on_select(SSL *ssl, const unsigned char **out, unsigned char *out_size, const unsigned char *in,
              unsigned int in_size, void *) noexcept {
  const std::size_t count = is_control_connection(ssl) ? 1 : std::size(kOurNames);
  for (const std::string_view ours : std::span(kOurNames).first(count)) {
    const auto name = find_protocol({in, in_size}, ours);
    if (name.empty()) continue;
    *out = name.data();
    *out_size = static_cast<unsigned char>(name.size());
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

std::span<const std::uint8_t> find_protocol(std::span<const std::uint8_t> names,
                                            std::string_view wanted) {
  while (!names.empty()) {
    const std::size_t size = names[0];
    if (size == 0 || size >= names.size()) return {};
    const auto name = names.subspan(1, size);
    if (std::ranges::equal(name, wanted)) return name;
    names = names.subspan(1 + size);
  }
  return {};
}

void install_alpn(SSL_CTX *ctx) {
  SSL_CTX_set_alpn_select_cb(ctx, on_select, nullptr);
}

}  // namespace mod_tls::ossl
