// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mod_tls::core {

/// A line "name: value" of a report.
struct ReportField {
  std::string name;
  std::string value;
};

/// What `ftpdctl tls info` says of a certificate in use.
struct CertificateReport {
  std::string type;            ///< "RSA", "EC", "ED25519".
  std::string subject;         ///< RFC 2253.
  std::string not_after;       ///< "2027-01-31 12:00:00 UTC".
  std::int64_t days_left = 0;  ///< Whole days; negative once it has expired.
};

/// What it says of one server.
struct ServerReport {
  std::string name;
  std::string address;  ///< "192.0.2.1:21".
  bool engine = false;
  std::vector<ReportField> policy;  ///< What describe() says, line by line.
  std::vector<CertificateReport> certificates;
};

/// What it says of a cache.
struct CacheReport {
  std::string directive;  ///< "TLSSessionCache".
  std::string provider;   ///< "shm"; empty where nothing is configured.
  std::vector<ReportField> status;
};

/// Everything of `ftpdctl tls info`.
struct InfoReport {
  std::string version;  ///< "mod_tls/3.0.0".
  std::string library;  ///< "OpenSSL 3.0.22 25 Aug 2026".
  std::vector<ServerReport> servers;
  std::vector<CacheReport> caches;
};

/// "name value" lines, as describe() gives them, apart.
[[nodiscard]] std::vector<ReportField> fields_of_policy(const std::string &description);
/// A line "name: value"; without a colon the value is empty.
[[nodiscard]] ReportField field_of_status(const std::string &line);

/// The report as lines for people.
[[nodiscard]] std::vector<std::string> to_lines(const InfoReport &report);

}  // namespace mod_tls::core
