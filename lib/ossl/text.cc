// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/text.h"

#include "core/ascii.h"

namespace mod_tls::ossl {

std::string contents_of(const BioPtr &bio) {
  char *data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string{};
}

std::string escaped_text_of(const X509_NAME *name, unsigned long flags) {
  const BioPtr bio{BIO_new(BIO_s_mem())};
  if (bio == nullptr || name == nullptr) return {};
  X509_NAME_print_ex(bio.get(), name, 0, flags);
  return contents_of(bio);
}

std::string text_of(const X509_NAME *name) {
  return core::printable(escaped_text_of(name, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB));
}

std::string text_of(const ASN1_TIME *time) {
  if (time == nullptr) return "never";
  const BioPtr bio{BIO_new(BIO_s_mem())};
  if (bio == nullptr) return {};
  ASN1_TIME_print(bio.get(), time);
  return core::printable(contents_of(bio));
}

std::optional<std::int64_t> seconds_until(const ASN1_TIME *time, std::time_t now) {
  constexpr std::int64_t kDay = 86400;
  const Asn1TimePtr from{ASN1_TIME_set(nullptr, now)};
  int days = 0;
  int seconds = 0;
  if (!from || ASN1_TIME_diff(&days, &seconds, from.get(), time) != 1) return {};
  return days * kDay + seconds;
}

}  // namespace mod_tls::ossl
