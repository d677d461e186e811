// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "test_pki.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace mod_tls::test {

using ossl::BioPtr;
using ossl::EvpPkeyPtr;
using ossl::X509Ptr;

TemporaryFolder::TemporaryFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "ossl-test-XXXXXX";
  path_ = ::mkdtemp(pattern.data());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::path(std::string_view name) const {
  return path_ + "/" + std::string(name);
}

std::string TemporaryFolder::write(std::string_view name, std::string_view contents) const {
  std::ofstream file{path(name), std::ios::binary | std::ios::trunc};
  file.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  std::filesystem::permissions(path(name), std::filesystem::perms{0600});  // it may be a key
  return path(name);
}

EvpPkeyPtr make_ec_key() {
  return EvpPkeyPtr{EVP_EC_gen("P-256")};
}

EvpPkeyPtr make_rsa_key(unsigned bits) {
  return EvpPkeyPtr{EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{bits})};
}

X509Ptr make_certificate(EVP_PKEY *key, const CertificateOptions &options) {
  X509Ptr certificate{X509_new()};
  X509 *x = certificate.get();
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), std::rand());
  X509_gmtime_adj(X509_getm_notBefore(x), options.begins);
  X509_gmtime_adj(X509_getm_notAfter(x), options.ends);
  X509_set_pubkey(x, key);
  const std::string name{options.name};
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char *>(name.c_str()), -1, -1, 0);
  const X509 *issuer = options.issuer != nullptr ? options.issuer->certificate : x;
  X509_set_issuer_name(x, X509_get_subject_name(issuer));
  if (options.authority) {
    X509_EXTENSION *extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
  }
  EVP_PKEY *signer = options.issuer != nullptr ? options.issuer->key : key;
  const bool has_own_digest = EVP_PKEY_is_a(signer, "ED25519") == 1;
  X509_sign(x, signer, has_own_digest ? nullptr : EVP_sha256());
  return certificate;
}

namespace {

std::string contents_of(const BioPtr &bio) {
  char *data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

void extend(X509 *certificate, int nid, const char *value, EVP_PKEY *signer) {
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(certificate, signer, EVP_sha256());
}

std::string to_pem(X509 *certificate) {
  const BioPtr bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(bio.get(), certificate);
  return contents_of(bio);
}

std::string to_pkcs12(EVP_PKEY *key, X509 *certificate, X509 *issuer, const char *password) {
  STACK_OF(X509) *issuers = sk_X509_new_null();
  if (issuer != nullptr) sk_X509_push(issuers, issuer);
  const ossl::Pkcs12Ptr container{
      PKCS12_create(password, "name", key, certificate, issuers, 0, 0, 0, 0, 0)};
  sk_X509_free(issuers);
  const BioPtr bio{BIO_new(BIO_s_mem())};
  i2d_PKCS12_bio(bio.get(), container.get());
  return contents_of(bio);
}

std::string to_pem(EVP_PKEY *key, std::string_view pass_phrase) {
  const BioPtr bio{BIO_new(BIO_s_mem())};
  std::string phrase{pass_phrase};
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, phrase.empty() ? nullptr : EVP_aes_256_cbc(),
                                phrase.data(), static_cast<int>(phrase.size()), nullptr, nullptr);
  return contents_of(bio);
}

}  // namespace mod_tls::test
