// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/pem_objects.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "ossl/error_queue.h"
#include "ossl/pem_file.h"

namespace mod_tls::ossl {

namespace {

using core::Errc;
using core::Error;
using core::Result;

constexpr char kNoCertificate[] = "file contained no certificate data";

/// Certificates have no pass phrase; nobody is asked on a terminal for one.
int refuse_pass_phrase(char *, int, int, void *) noexcept {
  return -1;
}

/// The next certificate of `bio`; null at the end and for an error, which is in the queue then.
X509Ptr next_certificate(BIO *bio) {
  return X509Ptr{PEM_read_bio_X509_AUX(bio, nullptr, refuse_pass_phrase, nullptr)};
}

}  // namespace

bool is_end_of_pem(const std::vector<LibraryError> &errors) {
  return !errors.empty() && ERR_GET_LIB(errors.back().code) == ERR_LIB_PEM &&
         ERR_GET_REASON(errors.back().code) == PEM_R_NO_START_LINE;
}

Result<X509Ptr> first_certificate(const std::string &path) {
  auto file = PemFile::read(path);
  if (!file) return std::move(file).error();
  clear_errors();
  X509Ptr certificate = next_certificate(file->bio().get());
  if (certificate) return certificate;
  const auto errors = take_errors();
  return Error{Errc::unusable, is_end_of_pem(errors) ? kNoCertificate : to_line(errors)};
}

Result<std::vector<X509Ptr>> load_certificates(const std::string &path) {
  auto file = PemFile::read(path);
  if (!file) return std::move(file).error();
  return certificates_in(file->text());
}

Result<std::vector<X509Ptr>> certificates_in(std::string_view pem) {
  const BioPtr bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  clear_errors();
  std::vector<X509Ptr> certificates;
  while (X509Ptr certificate = next_certificate(bio.get())) {
    certificates.push_back(std::move(certificate));
  }
  const auto errors = take_errors();
  if (!is_end_of_pem(errors)) return Error{Errc::unusable, to_line(errors)};
  if (!certificates.empty()) return certificates;
  return Error{Errc::unusable, kNoCertificate};
}

}  // namespace mod_tls::ossl
