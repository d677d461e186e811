// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/ciphers.h"

#include <sstream>

#include <openssl/objects.h>

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

  static void check_strength(const STACK_OF(SSL_CIPHER) * ciphers) {
    CHECK_TRUE(sk_SSL_CIPHER_num(ciphers) > 0);
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
      const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(ciphers, i);
      CHECK_TRUE_TEXT(SSL_CIPHER_get_bits(cipher, nullptr) >= 112, SSL_CIPHER_get_name(cipher));
      CHECK_TRUE_TEXT(SSL_CIPHER_get_auth_nid(cipher) != NID_auth_null,
                      SSL_CIPHER_get_name(cipher));
    }
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
      "there is no 'NO-SUCH' (`openssl ciphers -v ALL` shows what this OpenSSL knows)",
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

TEST(Ciphers, UnknownNamesAmongKnownOnesAreErrors) {
  for (const char *list : {"TLS_AES_256_GCM_SHA384:NO_SUCH", "NO_SUCH:TLS_AES_256_GCM_SHA384"}) {
    const auto status = ossl::try_cipher_list({Edit::Class::tls13, list});
    CHECK_FALSE_TEXT(status.ok(), list);
    STRCMP_CONTAINS("there is no 'NO_SUCH'", status.error().message.c_str());
  }
  for (const char *list :
       {"HIGH:!aNUL", "HIGH:aNUL", "HIGH:-aNUL", "HIGH:kRSA+aNUL", "aNUL,HIGH"}) {
    const auto status = ossl::try_cipher_list({Edit::Class::legacy, list});
    CHECK_FALSE_TEXT(status.ok(), list);
    STRCMP_CONTAINS("there is no 'aNUL'", status.error().message.c_str());
  }
}

TEST(Ciphers, ListsOfOldConfigurationsAreTaken) {
  for (const char *list :
       {"ALL:!ADH:!DES", "ALL:!aNULL:!eNULL:!LOW:!EXP:RC4+RSA:+HIGH:+MEDIUM", "DEFAULT@SECLEVEL=1",
        "HIGH:!SSLv2:!RC4-MD5:!EXP-RC4-MD5:!DES-CBC3-SHA:!IDEA", "AES128-SHA DES-CBC-SHA",
        "ECDHE+AESGCM:DHE+AESGCM:@STRENGTH", "DEFAULT:!ADH:!EXPORT:!DES"}) {
    const auto status = ossl::try_cipher_list({Edit::Class::legacy, list});
    CHECK_TRUE_TEXT(status.ok(), list);
  }
  CHECK_FALSE(ossl::try_cipher_list({Edit::Class::legacy, "RC4"}).ok());  // nothing is left
}

TEST(Ciphers, AListOfWeakOnesCannotBeUsed) {
  for (const char *list : {"aNULL", "eNULL:@SECLEVEL=0", "ADH-AES256-GCM-SHA384:NULL-SHA256"}) {
    const auto status = ossl::try_cipher_list({Edit::Class::legacy, list});
    CHECK_FALSE_TEXT(status.ok(), list);
    STRCMP_CONTAINS("unable to use ciphersuite '", status.error().message.c_str());
  }
}

TEST(Ciphers, EveryNameTheLibraryHasIsKnown) {
  CHECK(ossl::set_cipher_list(ctx.get(), {Edit::Class::legacy, "ALL:COMPLEMENTOFALL"}).ok());
  std::istringstream all(names());
  for (std::string name; all >> name;) {
    const auto kind = name.starts_with("TLS_") ? Edit::Class::tls13 : Edit::Class::legacy;
    CHECK_TRUE_TEXT(ossl::try_cipher_list({kind, name}).ok(), name.c_str());
  }
}

TEST(Ciphers, NoneIsWeakerThan112BitsOrOpenOrAnonymous) {
  const std::string list = "ALL:LOW:EXP:eNULL:aNULL:@SECLEVEL=0";
  CHECK(ossl::set_cipher_list(ctx.get(), {Edit::Class::legacy, list}).ok());
  check_strength(SSL_CTX_get_ciphers(ctx.get()));
  const ossl::SslPtr ssl{SSL_new(ctx.get())};
  CHECK(ossl::use_ciphers(ssl.get(), {.legacy = list}).ok());
  check_strength(SSL_get_ciphers(ssl.get()));
}
