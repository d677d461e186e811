// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/certificate_report.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>

#include "ossl/ocsp_stapler.h"
#include "ossl/own_certificates.h"
#include "ossl/text.h"

namespace mod_tls::ossl {

namespace {

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
  const std::int64_t left = seconds_until(time, now).value_or(0);
  return left >= 0 ? left / kDay : -1;
}

core::CertificateReport report_of(const X509 *certificate, std::time_t now,
                                  const StapleLookup &staple) {
  const EVP_PKEY *key = X509_get0_pubkey(certificate);
  const char *type = key != nullptr ? EVP_PKEY_get0_type_name(key) : nullptr;
  const ASN1_TIME *end = X509_get0_notAfter(certificate);
  const auto print = fingerprint_of(certificate);
  core::CertificateReport report{
      .type = type != nullptr ? type : "?",
      .subject = escaped_text_of(X509_get_subject_name(certificate), XN_FLAG_RFC2253),
      .not_after = date_text(end),
      .days_left = days_until(end, now),
      .staple = {},
      .prospect = {}};
  if (print) staple(*print, report);
  return report;
}

}  // namespace

std::vector<core::CertificateReport> report_certificates(SSL_CTX *ctx, std::time_t now,
                                                         const StapleLookup &staple) {
  std::vector<core::CertificateReport> reports;
  for_each_certificate(ctx, [&](const X509 *certificate) {
    reports.push_back(report_of(certificate, now, staple));
  });
  return reports;
}

}  // namespace mod_tls::ossl
