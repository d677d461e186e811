// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/alpn.h"

#include <algorithm>
#include <string_view>

namespace mod_tls::ossl {

namespace {

constexpr std::string_view kFtp = "ftp";

int on_select(SSL *, const unsigned char **out, unsigned char *out_size, const unsigned char *in,
              unsigned int in_size, void *) noexcept {
  const auto name = find_ftp({in, in_size});
  if (name.empty()) return SSL_TLSEXT_ERR_NOACK;
  *out = name.data();
  *out_size = static_cast<unsigned char>(name.size());
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::span<const std::uint8_t> find_ftp(std::span<const std::uint8_t> names) {
  while (!names.empty()) {
    const std::size_t size = names[0];
    if (size == 0 || size >= names.size()) return {};
    const auto name = names.subspan(1, size);
    if (std::ranges::equal(name, kFtp)) return name;
    names = names.subspan(1 + size);
  }
  return {};
}

void install_alpn(SSL_CTX *ctx) {
  SSL_CTX_set_alpn_select_cb(ctx, on_select, nullptr);
}

}  // namespace mod_tls::ossl
