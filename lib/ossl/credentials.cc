// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/credentials.h"

#include "core/ascii.h"
#include "ossl/error_queue.h"
#include "ossl/pem_objects.h"

namespace mod_tls::ossl {

namespace {

using core::Errc;
using core::Error;
using core::quoted;
using core::Result;

std::string type_of(const X509 *certificate) {
  const EVP_PKEY *key = X509_get0_pubkey(certificate);
  const char *name = key == nullptr ? nullptr : EVP_PKEY_get0_type_name(key);
  return name == nullptr ? "unknown" : name;
}

std::string_view type_name(KeyKind kind) {
  return kind == KeyKind::rsa ? "RSA" : "EC";
}

/// RSA-PSS keys are RSA keys to everybody but the library.
bool is_kind(KeyKind kind, std::string_view type) {
  return type == type_name(kind) || (kind == KeyKind::rsa && type == "RSA-PSS");
}

std::string shown(const ASN1_TIME *time) {
  const BioPtr text{BIO_new(BIO_s_mem())};
  ASN1_TIME_print(text.get(), time);
  char *data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string{};
}

Error in_directive(std::string_view what, std::string_view directive, const std::string &path,
                   Error error) {
  error.message =
      std::string(what) + ' ' + std::string(directive) + ' ' + quoted(path) + ": " + error.message;
  return error;
}

Error no_key(KeyKind kind, const core::CredentialFiles &files, Error error) {
  if (!files.key.empty()) {
    return in_directive("error loading", key_directive(kind), files.key, std::move(error));
  }
  error.message += "; name the file of the key with " + std::string(key_directive(kind));
  return in_directive("error loading the private key from", certificate_directive(kind),
                      files.certificate, std::move(error));
}

Error no_match(KeyKind kind, const core::CredentialFiles &files) {
  const std::string where = files.key.empty() ? std::string(certificate_directive(kind))
                                              : std::string(key_directive(kind));
  return {Errc::unusable,
          "error checking key from " + where + ' ' + quoted(files.key_file()) +
              ": it is not the key of the certificate in " +
              std::string(certificate_directive(kind)) + ' ' + quoted(files.certificate) +
              "; name the two files that were made together",
          to_line(take_errors())};
}

}  // namespace

std::string_view certificate_directive(KeyKind kind) {
  return kind == KeyKind::rsa ? "TLSRSACertificateFile" : "TLSECCertificateFile";
}

std::string_view key_directive(KeyKind kind) {
  return kind == KeyKind::rsa ? "TLSRSACertificateKeyFile" : "TLSECCertificateKeyFile";
}

Result<Credential> load_credential(KeyKind kind, const core::CredentialFiles &files) {
  auto certificate = first_certificate(files.certificate);
  if (!certificate) {
    return in_directive("error loading", certificate_directive(kind), files.certificate,
                        std::move(certificate).error());
  }
  auto key = load_key(files.key_file());
  if (!key) return no_key(kind, files, std::move(key).error());
  clear_errors();
  if (X509_check_private_key(certificate->get(), key->get()) != 1) return no_match(kind, files);
  return Credential{std::move(*certificate), std::move(*key)};
}

std::vector<std::string> certificate_notices(KeyKind kind, const std::string &path,
                                             const X509 *certificate, std::time_t now) {
  std::vector<std::string> notices;
  const std::string start = "certificate " + quoted(path) + ": ";
  const std::string type = type_of(certificate);
  if (!is_kind(kind, type)) {
    notices.push_back(start + "expected " + std::string(type_name(kind)) + " certificate, found " +
                      type);
  }
  const ASN1_TIME *end = X509_get0_notAfter(certificate);
  const ASN1_TIME *begin = X509_get0_notBefore(certificate);
  if (X509_cmp_time(end, &now) < 0) notices.push_back(start + "expired on " + shown(end));
  if (X509_cmp_time(begin, &now) > 0) notices.push_back(start + "not valid before " + shown(begin));
  return notices;
}

}  // namespace mod_tls::ossl
