// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/ticket_keys.h"

#include <array>

#include "CppUTest/TestHarness.h"

namespace ossl = mod_tls::ossl;

namespace {

using Keys = std::array<unsigned char, 80>;

Keys keys_of(SSL_CTX *ctx) {
  Keys keys{};
  SSL_CTX_get_tlsext_ticket_keys(ctx, keys.data(), static_cast<long>(keys.size()));
  return keys;
}

}  // namespace

TEST_GROUP(TicketKeys) {
  ossl::SslCtxPtr one{SSL_CTX_new(TLS_server_method())};
  ossl::SslCtxPtr two{SSL_CTX_new(TLS_server_method())};
};

TEST(TicketKeys, EachContextHasItsOwn) {
  CHECK(keys_of(one.get()) != keys_of(two.get()));
}

TEST(TicketKeys, ASuccessorIsGivenThoseOfItsPredecessor) {
  const Keys before = keys_of(one.get());
  ossl::copy_ticket_keys(one.get(), two.get());
  CHECK(before == keys_of(two.get()));
  CHECK(before == keys_of(one.get()));
}
