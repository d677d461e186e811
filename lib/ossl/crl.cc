// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/crl.h"

#include <openssl/pem.h>

#include "core/ascii.h"
#include "ossl/error_queue.h"
#include "ossl/pem_file.h"
#include "ossl/pem_objects.h"
#include "ossl/text.h"

namespace mod_tls::ossl {

namespace {

using core::Errc;
using core::Error;
using core::Result;

constexpr char kNoCrl[] = "file contained no CRL data";

}  // namespace

Result<std::vector<X509CrlPtr>> load_crls(const std::string &path) {
  auto file = PemFile::read(path);
  if (!file) return std::move(file).error();
  const BioPtr bio = file->bio();
  clear_errors();
  std::vector<X509CrlPtr> crls;
  while (X509CrlPtr crl{PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr)}) {
    crls.push_back(std::move(crl));
  }
  const auto errors = take_errors();
  if (!is_end_of_pem(errors)) return Error{Errc::unusable, to_line(errors)};
  if (!crls.empty()) return crls;
  return Error{Errc::unusable, kNoCrl};
}

std::string crl_name(const X509_CRL *crl) {
  return "Issuer: " + text_of(X509_CRL_get_issuer(crl)) +
         ", lastUpdate: " + text_of(X509_CRL_get0_lastUpdate(crl)) +
         ", nextUpdate: " + text_of(X509_CRL_get0_nextUpdate(crl));
}

std::vector<std::string> crl_notices(const std::string &path, const X509_CRL *crl,
                                     std::time_t now) {
  std::vector<std::string> notices;
  const auto tell = [&](const char *what) {
    notices.push_back("CRL " + core::quoted(path) + " (" + crl_name(crl) + ") " + what +
                      ": clients with certificates of this issuer are refused until it is renewed");
  };
  const ASN1_TIME *end = X509_CRL_get0_nextUpdate(crl);
  if (end != nullptr && X509_cmp_time(end, &now) < 0) tell("has expired");
  if (X509_cmp_time(X509_CRL_get0_lastUpdate(crl), &now) > 0) tell("is not yet valid");
  return notices;
}

}  // namespace mod_tls::ossl
