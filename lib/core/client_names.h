// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/failure_reason.h"
#include "core/tls_options.h"

namespace mod_tls::core {

/// A name of a certificate that must not be used: a NUL in it would end it early for others.
struct SuspiciousName {
  std::string kind;  ///< "CommonName", "dNSName SAN", ...
  std::string value;
};

/// Who a certificate says its owner is.
struct CertificateNames {
  std::string common_name = {};  ///< The last one of the subject; empty if there is none.
  std::vector<std::string> dns = {};
  std::vector<std::string> emails = {};
  std::vector<std::vector<std::uint8_t>> addresses = {};  ///< As in the SAN: 4 or 16 bytes.
  std::vector<SuspiciousName> suspicious = {};            ///< In none of the lists above.
};

/// Where a client comes from, as the host knows it.
struct RemoteClient {
  bool reverse_dns = false;  ///< Names are looked up at all (UseReverseDNS).
  std::string name = {};     ///< From reverse DNS, or the address where that has none.
  std::string address = {};
  std::vector<std::uint8_t> address_bytes = {};  ///< 4 or 16, in network order.
};

/// Whether a host name is the one that a certificate has (RFC 6125 section 6.4): without case, and
/// "*" may stand for the whole first label of a name of three labels or more.
[[nodiscard]] bool names_host(std::string_view pattern, std::string_view host);

/// "cert <kind> contains embedded NULs, ...": two lines for each suspicious name.
[[nodiscard]] std::vector<std::string> spoof_lines(const CertificateNames &names);

/// What came out of dNSNameRequired, iPAddressRequired and CommonNameRequired.
struct NameVerdict {
  std::optional<FailureReason> refusal = {};
  std::vector<std::string> lines = {};  ///< For TLSLog: suspicious names, and what did match.
};

/// Judges a client by the options that `options` has; all of them have to be satisfied. Without
/// reverse DNS there is no name to compare with: only addresses are.
[[nodiscard]] NameVerdict judge_names(const OptionSet &options, const CertificateNames &names,
                                      const RemoteClient &client);

}  // namespace mod_tls::core
