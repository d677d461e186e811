// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <string_view>

#include "ossl/handles.h"

namespace mod_tls::test {

inline constexpr long kDay = 24L * 60 * 60;

/// A folder that is removed, with what is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;
  ~TemporaryFolder();

  [[nodiscard]] std::string path(std::string_view name) const;
  /// Writes a file that nobody else can read and returns its path.
  std::string write(std::string_view name, std::string_view contents) const;

 private:
  std::string path_;
};

/// Keys are made when asked for; RSA takes its time.
ossl::EvpPkeyPtr make_ec_key();
ossl::EvpPkeyPtr make_rsa_key(unsigned bits = 2048);

struct Issuer {
  const X509 *certificate;
  EVP_PKEY *key;
};

struct CertificateOptions {
  std::string_view name = "localhost";
  long begins = -kDay;  ///< Seconds from now.
  long ends = 30 * kDay;
  bool authority = false;
  const Issuer *issuer = nullptr;  ///< Signs itself without one.
};

ossl::X509Ptr make_certificate(EVP_PKEY *key, const CertificateOptions &options = {});

/// Adds an extension in the words of openssl.cnf, and signs again.
void extend(X509 *certificate, int nid, const char *value, EVP_PKEY *signer);

std::string to_pem(X509 *certificate);
/// Encrypted if there is a pass phrase.
std::string to_pem(EVP_PKEY *key, std::string_view pass_phrase = {});

/// A PKCS#12 file; `issuer` may be null, and an empty password means none.
std::string to_pkcs12(EVP_PKEY *key, X509 *certificate, X509 *issuer, const char *password);

}  // namespace mod_tls::test
