// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/fips.h"

#include <openssl/evp.h>
#include <openssl/provider.h>

#include "CppUTest/TestHarness.h"  // last: it redefines new

namespace ossl = mod_tls::ossl;

TEST_GROUP(Fips){};

TEST(Fips, TheHeadersAreThoseOfTheLibraryHere) {
  STRCMP_EQUAL("", ossl::library_mismatch().c_str());
}

/// Where there is a provider, t/integration/test_start_checks.py has the other half: it would rule
/// over all tests of this process.
TEST(Fips, WithoutAProviderTheErrorSaysSo) {
  if (OSSL_PROVIDER_available(nullptr, "fips") == 1) return;
  OSSL_PROVIDER *found = OSSL_PROVIDER_try_load(nullptr, "fips", 1);
  if (found != nullptr) {
    OSSL_PROVIDER_unload(found);
    return;
  }
  const auto mode = ossl::enable_fips();
  CHECK_FALSE(mode.ok());
  STRCMP_CONTAINS("unable to use FIPS mode: the provider 'fips' cannot be loaded: error:",
                  mode.error().message.c_str());
  STRCMP_CONTAINS("start without -DTLS_USE_FIPS", mode.error().message.c_str());
}

/// As a configuration of OpenSSL leaves it that demands what it does not load.
TEST(Fips, ADemandWithoutAProviderIsAnErrorToo) {
  if (OSSL_PROVIDER_available(nullptr, "fips") == 1) return;
  LONGS_EQUAL(1, EVP_default_properties_enable_fips(nullptr, 1));
  const auto mode = ossl::enable_fips();
  LONGS_EQUAL(1, EVP_default_properties_enable_fips(nullptr, 0));
  CHECK_FALSE(mode.ok());
  STRCMP_CONTAINS("the provider 'fips' offers no algorithms", mode.error().message.c_str());
}
