// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/credentials.h"

#include <utility>

#include "core/ascii.h"
#include "core/key_uri.h"
#include "ossl/error_queue.h"
#include "ossl/own_chain.h"
#include "ossl/pem_objects.h"
#include "ossl/pkcs12.h"
#include "ossl/private_key.h"
#include "ossl/text.h"

namespace mod_tls::ossl {

namespace {

using core::ConfiguredCredential;
using core::CredentialKind;
using core::Errc;
using core::Error;
using core::Result;

/// RSA-PSS keys are RSA keys to everybody but the library.
bool is_expected(CredentialKind kind, std::string_view type) {
  const std::string_view expected = core::expected_type(kind);
  return expected.empty() || type == expected || (expected == "RSA" && type == "RSA-PSS");
}

Error in_directive(std::string_view what, std::string_view directive, const std::string &path,
                   Error error) {
  error.message = std::string(what) + ' ' + std::string(directive) + ' ' + core::quoted(path) +
                  ": " + error.message;
  return error;
}

Error no_certificate(const ConfiguredCredential &source, Error error) {
  return in_directive("error loading", core::certificate_directive(source.kind),
                      source.files.certificate, std::move(error));
}

Error no_key(const ConfiguredCredential &source, Error error) {
  const std::string_view directive = core::key_directive(source.kind);
  if (!source.files.key.empty()) {
    return in_directive("error loading", directive, core::without_pin(source.files.key),
                        std::move(error));
  }
  error.message += "; name the file of the key with " + std::string(directive);
  return in_directive("error loading the private key from",
                      core::certificate_directive(source.kind), source.files.certificate,
                      std::move(error));
}

Error no_match(const ConfiguredCredential &source) {
  const auto &[kind, files] = source;
  const std::string certificate{core::certificate_directive(kind)};
  const std::string where =
      files.key.empty() ? certificate : std::string(core::key_directive(kind));
  return {Errc::unusable,
          "error checking key from " + where + ' ' +
              core::quoted(core::without_pin(files.key_file())) +
              ": it is not the key of the certificate in " + certificate + ' ' +
              core::quoted(files.certificate) + "; name the two files that were made together",
          to_line(take_errors())};
}

Result<Credential> load_pair(const ConfiguredCredential &source, const PassPhrases &phrases) {
  auto certificates = load_certificates(source.files.certificate);
  if (!certificates) return no_certificate(source, std::move(certificates).error());
  X509Ptr leaf = std::move(certificates->front());
  auto loaded = load_private_key(source.files.key_file(), key_type(leaf.get()), phrases);
  if (!loaded) return no_key(source, std::move(loaded).error());
  clear_errors();
  if (X509_check_private_key(leaf.get(), loaded->key.get()) != 1) return no_match(source);
  certificates->erase(certificates->begin());
  auto chain = issuers_of(leaf.get(), *certificates);
  return Credential{std::move(leaf), std::move(loaded->key), std::move(chain),
                    std::move(loaded->notice)};
}

}  // namespace

std::string key_type(const X509 *certificate) {
  const EVP_PKEY *key = X509_get0_pubkey(certificate);
  const char *name = key == nullptr ? nullptr : EVP_PKEY_get0_type_name(key);
  return name == nullptr ? "unknown" : name;
}

Result<Credential> load_credential(const ConfiguredCredential &source, const PassPhrases &phrases) {
  if (source.kind != CredentialKind::pkcs12) return load_pair(source, phrases);
  auto credential = load_pkcs12(source.files.certificate, phrases);
  if (!credential) return no_certificate(source, std::move(credential).error());
  clear_errors();
  if (X509_check_private_key(credential->certificate.get(), credential->key.get()) == 1) {
    return credential;
  }
  return no_match(source);
}

std::vector<std::string> certificate_notices(CredentialKind kind, const std::string &path,
                                             const X509 *certificate, std::time_t now) {
  std::vector<std::string> notices;
  const std::string start = "certificate " + core::quoted(path) + ": ";
  const std::string type = key_type(certificate);
  if (!is_expected(kind, type)) {
    notices.push_back(start + "expected " + std::string(core::expected_type(kind)) +
                      " certificate, found " + type + "; name it with " +
                      core::directives_for(type));
  }
  const ASN1_TIME *end = X509_get0_notAfter(certificate);
  const ASN1_TIME *begin = X509_get0_notBefore(certificate);
  if (X509_cmp_time(end, &now) < 0) notices.push_back(start + "expired on " + text_of(end));
  if (X509_cmp_time(begin, &now) > 0)
    notices.push_back(start + "not valid before " + text_of(begin));
  return notices;
}

}  // namespace mod_tls::ossl
