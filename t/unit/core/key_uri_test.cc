// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/key_uri.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

TEST_GROUP(KeyUri){};

TEST(KeyUri, BeginsWithAScheme) {
  for (const char *uri : {"pkcs11:token=a", "file:/etc/key", "handle:0x81000000", "a+b.c-1:x"}) {
    CHECK_TRUE_TEXT(is_key_uri(uri), uri);
  }
  for (const char *path : {"/etc/key", "/a:b", "key.pem", "c:key", "", ":", "11:x", "a b:c"}) {
    CHECK_FALSE_TEXT(is_key_uri(path), path);
  }
  CHECK_TRUE(is_token_uri("pkcs11:token=a"));
  CHECK_FALSE(is_token_uri("file:/etc/key"));
  CHECK_FALSE(is_token_uri("File:/etc/key"));
  CHECK_FALSE(is_token_uri("/etc/key"));
  CHECK_TRUE(scheme_of("pkcs11:object=a:b") == "pkcs11");
  CHECK_TRUE(scheme_of("/path").empty());
}

TEST(KeyUri, OfAFileHasItsPath) {
  STRCMP_EQUAL("/etc/key", file_of_uri("file:/etc/key").c_str());
  STRCMP_EQUAL("/etc/key", file_of_uri("file:///etc/key").c_str());
  STRCMP_EQUAL("/etc/key", file_of_uri("file://localhost/etc/key").c_str());
  STRCMP_EQUAL("/etc/key", file_of_uri("FILE://LocalHost/etc/key").c_str());
  STRCMP_EQUAL("", file_of_uri("file:key").c_str());
  STRCMP_EQUAL("", file_of_uri("file://localhost").c_str());
  STRCMP_EQUAL("", file_of_uri("file://elsewhere/etc/key").c_str());
  STRCMP_EQUAL("", file_of_uri("file://localhostile/etc/key").c_str());
  STRCMP_EQUAL("", file_of_uri("files:/etc/key").c_str());
  STRCMP_EQUAL("", file_of_uri("/etc/key").c_str());
  STRCMP_EQUAL("", file_of_uri("pkcs11:/etc/key").c_str());
}

TEST(KeyUri, IsShownWithoutItsPin) {
  STRCMP_EQUAL("pkcs11:object=a?pin-value=...",
               without_pin("pkcs11:object=a?pin-value=1234").c_str());
  STRCMP_EQUAL("pkcs11:object=a?pin-value=...&module-name=b",
               without_pin("pkcs11:object=a?pin-value=1234&module-name=b").c_str());
  STRCMP_EQUAL("pkcs11:pin-value=...;pin-value=...",
               without_pin("pkcs11:pin-value=1;pin-value=2").c_str());
  STRCMP_EQUAL("/etc/pin-value=1", without_pin("/etc/pin-value=1").c_str());
}

TEST(KeyUri, ErrorsAreShownWithoutThePin) {
  const char *uri = "pkcs11:token=a;object=b?pin-value=1(2)3&x=y";
  STRCMP_EQUAL("no key in 'pkcs11:...?pin-value=...&x=y', ...",
               without_pin_of(uri, "no key in 'pkcs11:...?pin-value=1(2)3&x=y', 1(2)3").c_str());
  STRCMP_EQUAL("1(2)3", without_pin_of("/etc/key?pin-value=1(2)3", "1(2)3").c_str());
  STRCMP_EQUAL("text", without_pin_of("pkcs11:a?pin-value=", "text").c_str());
}
