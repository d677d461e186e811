// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/fips.h"

#include <openssl/crypto.h>
#include <openssl/opensslv.h>

#include <utility>

#include "core/library_version.h"
#include "ossl/error_queue.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

namespace {

core::Error unable(const char *what) {
  return {core::Errc::unsupported,
          std::string("unable to use FIPS mode: ") + what + ": " + to_line(take_errors()) +
              "; install the provider for this OpenSSL and its configuration (`openssl "
              "fipsinstall`), or start without -DTLS_USE_FIPS"};
}

/// Loads a provider for as long as the process lives.
bool load(const char *name) {
  ProviderPtr provider{OSSL_PROVIDER_load(nullptr, name)};
  return provider.release() != nullptr;
}

core::Status make_fips_default() {
  if (!load("fips")) return unable("the provider 'fips' cannot be loaded");
  if (!load("base")) return unable("the provider 'base', which reads files, cannot be loaded");
  if (EVP_default_properties_enable_fips(nullptr, 1) != 1) {
    return unable("its algorithms cannot be made the default");
  }
  return core::success();
}

}  // namespace

core::Result<FipsMode> enable_fips() {
  const bool before = EVP_default_properties_is_fips_enabled(nullptr) == 1;
  clear_errors();
  if (!before) {
    if (auto status = make_fips_default(); !status) return std::move(status).error();
  }
  const EvpMdPtr digest{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  if (!digest) return unable("the provider 'fips' offers no algorithms");
  return before ? FipsMode::already_enabled : FipsMode::enabled;
}

std::string library_mismatch() {
  return core::version_mismatch(OPENSSL_FULL_VERSION_STR,
                                OpenSSL_version(OPENSSL_FULL_VERSION_STRING));
}

}  // namespace mod_tls::ossl
