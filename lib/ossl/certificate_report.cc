// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/certificate_report.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>

namespace mod_tls::ossl {

namespace {

std::string subject_of(const X509 *certificate) {
  const BioPtr text(BIO_new(BIO_s_mem()));
  if (!text) return {};
  X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char *data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string date_text(const ASN1_TIME *time) {
  std::tm parts{};
  std::array<char, 40> text{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "?";
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return {text.data(), size};
}

/// Whole days from `now`, rounded down: -1 from the moment of expiry on.
std::int64_t days_until(const ASN1_TIME *time, std::time_t now) {
  constexpr std::int64_t kDay = 86400;
  const Asn1TimePtr from(ASN1_TIME_set(nullptr, now));
  int days = 0;
  int seconds = 0;
  if (!from || ASN1_TIME_diff(&days, &seconds, from.get(), time) != 1) return 0;
  const std::int64_t left = days * kDay + seconds;
  return left >= 0 ? left / kDay : -1;
}

core::CertificateReport report_of(const X509 *certificate, std::time_t now) {
  const EVP_PKEY *key = X509_get0_pubkey(certificate);
  const char *type = key != nullptr ? EVP_PKEY_get0_type_name(key) : nullptr;
  const ASN1_TIME *end = X509_get0_notAfter(certificate);
  return {.type = type != nullptr ? type : "?",
          .subject = subject_of(certificate),
          .not_after = date_text(end),
          .days_left = days_until(end, now)};
}

}  // namespace

std::vector<core::CertificateReport> report_certificates(SSL_CTX *ctx, std::time_t now) {
  std::vector<core::CertificateReport> reports;
  for (long more = SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_FIRST); more == 1;
       more = SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_NEXT)) {
    const X509 *certificate = SSL_CTX_get0_certificate(ctx);
    if (certificate != nullptr) reports.push_back(report_of(certificate, now));
  }
  return reports;
}

}  // namespace mod_tls::ossl
