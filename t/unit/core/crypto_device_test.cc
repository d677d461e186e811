// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/crypto_device.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

TEST_GROUP(CryptoDevice){};

TEST(CryptoDevice, NamesOfProvidersAreTakenAsTheyAre) {
  for (const char *name : {"default", "legacy", "fips", "pkcs11", "TPM2", "qat-hw", "a_b"}) {
    const auto device = parse_crypto_device(name);
    CHECK_TRUE_TEXT(device.ok(), name);
    STRCMP_EQUAL(name, device->c_str());
  }
}

TEST(CryptoDevice, AllIsReadInAnyCase) {
  for (const char *word : {"ALL", "all", "All"}) {
    STRCMP_EQUAL("ALL", parse_crypto_device(word)->c_str());
  }
}

TEST(CryptoDevice, NoneIsAsNothing) {
  for (const char *word : {"none", "None"}) STRCMP_EQUAL("", parse_crypto_device(word)->c_str());
}

TEST(CryptoDevice, NamesThatMeanMoreAreRefused) {
  for (const std::string name :
       {"", ".", "..", "../legacy", "/tmp/evil", "a/b", "legacy.so", "-legacy", "9p",
        "legacy,fips=yes", "a b", "a\nb", "a'b", "?provider", "l\xc3\xa9gacy"}) {
    const auto device = parse_crypto_device(name);
    CHECK_FALSE_TEXT(device.ok(), name.c_str());
    STRCMP_CONTAINS("bad name of a provider: '", device.error().message.c_str());
    STRCMP_CONTAINS("allowed: ALL, none, or", device.error().message.c_str());
  }
  CHECK_TRUE(parse_crypto_device(std::string(64, 'a')).ok());
  CHECK_FALSE(parse_crypto_device(std::string(65, 'a')).ok());
}

TEST(CryptoDevice, OnlyANamedProviderIsPreferred) {
  STRCMP_EQUAL("?provider=legacy", property_query("legacy").c_str());
  STRCMP_EQUAL("", property_query("ALL").c_str());
  STRCMP_EQUAL("", property_query("").c_str());
}
