// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/client_hello.h"

#include <openssl/tls1.h>

#include <algorithm>

namespace mod_tls::ossl {

namespace {

using core::Protocol;

/// The version's row of kAllProtocols; nullptr if it has none.
const Protocol *find_protocol(unsigned version) {
  constexpr unsigned kOldest = SSL3_VERSION;
  if (version < kOldest || version - kOldest >= std::size(core::kAllProtocols)) return nullptr;
  return &core::kAllProtocols[version - kOldest];
}

/// The slot of an SSL object that points to the row of what its client offered.
int offer_slot() {
  static const int kSlot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kSlot;
}

const Protocol *newest_row(std::span<const std::uint8_t> extension) {
  if (extension.empty() || extension[0] != extension.size() - 1 || extension[0] % 2 != 0) {
    return nullptr;
  }
  const Protocol *newest = nullptr;
  for (auto list = extension.subspan(1); !list.empty(); list = list.subspan(2)) {
    const Protocol *row = find_protocol((unsigned{list[0]} << 8) | list[1]);
    // Rows are ordered by age; a null pointer is older than all of them.
    if (row != nullptr && (newest == nullptr || *row > *newest)) newest = row;
  }
  return newest;
}

const Protocol *offered_row(SSL *ssl) {
  const unsigned char *data = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_supported_versions, &data, &size) == 1) {
    return newest_row({data, size});
  }
  return find_protocol(SSL_client_hello_get0_legacy_version(ssl));
}

bool allows_tls13(SSL *ssl) {
  const long newest = SSL_get_max_proto_version(ssl);
  return (newest == 0 || newest >= TLS1_3_VERSION) &&
         (SSL_get_options(ssl) & SSL_OP_NO_TLSv1_3) == 0;
}

template <Tickets Which>
int on_client_hello(SSL *ssl, int *, void *) noexcept {
  const Protocol *offered = offered_row(ssl);
  SSL_set_ex_data(ssl, offer_slot(), const_cast<Protocol *>(offered));
  if constexpr (Which == Tickets::all) return SSL_CLIENT_HELLO_SUCCESS;
  const bool tls13 = offered != nullptr && *offered == Protocol::tlsv1_3 && allows_tls13(ssl);
  if (!tls13) SSL_set_options(ssl, SSL_OP_NO_TICKET);
  return SSL_CLIENT_HELLO_SUCCESS;
}

std::optional<Protocol> value_of(const Protocol *row) {
  if (row == nullptr) return {};
  return *row;
}

}  // namespace

void install_client_hello(SSL_CTX *ctx, Tickets tickets) {
  const bool all = tickets == Tickets::all;
  SSL_CTX_set_client_hello_cb(
      ctx, all ? on_client_hello<Tickets::all> : on_client_hello<Tickets::tls13_only>, nullptr);
}

std::optional<Protocol> offered_protocol(const SSL *ssl) {
  return value_of(static_cast<const Protocol *>(SSL_get_ex_data(ssl, offer_slot())));
}

std::optional<Protocol> newest_in(std::span<const std::uint8_t> extension) {
  return value_of(newest_row(extension));
}

}  // namespace mod_tls::ossl
