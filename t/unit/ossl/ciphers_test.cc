// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/ciphers.h"

#include "CppUTest/TestHarness.h"

namespace ossl = mod_tls::ossl;
using Edit = mod_tls::core::CipherEdit;

TEST_GROUP(Ciphers) {
  ossl::SslCtxPtr ctx{SSL_CTX_new(TLS_server_method())};

  /// The names the context offers, in order.
  std::string names() {
    std::string text;
    const STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(ctx.get());
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
      text += std::string(text.empty() ? "" : " ") +
              SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i));
    }
    return text;
  }
};

TEST(Ciphers, TheTwoListsAreSetApart) {
  CHECK(ossl::set_cipher_list(ctx.get(), {Edit::Class::tls13, "TLS_AES_128_GCM_SHA256"}).ok());
  CHECK(ossl::set_cipher_list(ctx.get(), {Edit::Class::legacy, "AES128-SHA:AES256-SHA"}).ok());
  STRCMP_EQUAL("TLS_AES_128_GCM_SHA256 AES128-SHA AES256-SHA", names().c_str());
}

TEST(Ciphers, AListThatCannotBeUsedIsShownAsItWasTried) {
  auto legacy = ossl::try_cipher_list({Edit::Class::legacy, "NO-SUCH"});
  CHECK_FALSE(legacy.ok());
  STRCMP_EQUAL(
      "unable to use ciphersuite 'NO-SUCH:!EXPORT': "
      "error:0A0000B9:SSL routines::no cipher match",
      legacy.error().message.c_str());
  auto tls13 = ossl::try_cipher_list({Edit::Class::tls13, "NO_SUCH"});
  CHECK_FALSE(tls13.ok());
  STRCMP_CONTAINS("unable to use ciphersuite 'NO_SUCH': ", tls13.error().message.c_str());
}

TEST(Ciphers, ASystemPolicyIsTakenAsItStands) {
  auto result = ossl::try_cipher_list({Edit::Class::legacy, "PROFILE=SYSTEM"});
  if (result) return;  // a library with system policies
  STRCMP_CONTAINS("'PROFILE=SYSTEM':", result.error().message.c_str());
}

TEST(Ciphers, UnknownSuitesAmongKnownOnesAreTold) {
  auto notices = ossl::set_cipher_list(
      ctx.get(), {Edit::Class::tls13, "A:TLS_AES_256_GCM_SHA384::B:TLS_AES_128_GCM_SHA256"});
  CHECK(notices.ok());
  UNSIGNED_LONGS_EQUAL(2, notices->size());
  STRCMP_CONTAINS("ignoring 'A'", notices->front().c_str());
  STRCMP_CONTAINS("ignoring 'B'", notices->back().c_str());
  CHECK(names().starts_with("TLS_AES_256_GCM_SHA384 TLS_AES_128_GCM_SHA256 "));
}
