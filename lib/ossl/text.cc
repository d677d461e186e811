// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/text.h"

#include "core/ascii.h"

namespace mod_tls::ossl {

namespace {

std::string contents_of(BIO *bio) {
  char *data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? core::printable({data, static_cast<std::size_t>(size)}) : std::string{};
}

}  // namespace

std::string text_of(const X509_NAME *name) {
  const BioPtr bio{BIO_new(BIO_s_mem())};
  if (bio == nullptr || name == nullptr) return {};
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  return contents_of(bio.get());
}

std::string text_of(const ASN1_TIME *time) {
  if (time == nullptr) return "never";
  const BioPtr bio{BIO_new(BIO_s_mem())};
  if (bio == nullptr) return {};
  ASN1_TIME_print(bio.get(), time);
  return contents_of(bio.get());
}

}  // namespace mod_tls::ossl
