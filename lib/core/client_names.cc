// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/client_names.h"

#include <algorithm>

#include "core/ascii.h"
#include "core/ip_address.h"

namespace mod_tls::core {

namespace {

using R = FailureReason;

std::string_view without_final_dot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

/// The client's host name; empty where reverse DNS has none for its address.
std::string_view host_name(const RemoteClient &client) {
  return client.name == client.address ? std::string_view{} : client.name;
}

bool has_dns_name(const CertificateNames &names, const RemoteClient &client) {
  return std::ranges::any_of(
      names.dns, [&](const std::string &name) { return names_host(name, host_name(client)); });
}

bool has_address(const CertificateNames &names, const RemoteClient &client) {
  return std::ranges::any_of(names.addresses, [&](const std::vector<std::uint8_t> &address) {
    return same_address(address, client.address_bytes);
  });
}

/// An address without a name may be the CN, too.
bool has_common_name(const CertificateNames &names, const RemoteClient &client) {
  return names_host(names.common_name, host_name(client)) || names.common_name == client.name;
}

using Judge = std::optional<R> (*)(const CertificateNames &names, const RemoteClient &client);

std::optional<R> judge_dns(const CertificateNames &names, const RemoteClient &client) {
  if (names.dns.empty()) return R::client_dns_name_missing;
  if (!has_dns_name(names, client)) return R::client_dns_name_differs;
  return {};
}

std::optional<R> judge_address(const CertificateNames &names, const RemoteClient &client) {
  if (names.addresses.empty()) return R::client_address_missing;
  if (!has_address(names, client)) return R::client_address_differs;
  return {};
}

std::optional<R> judge_common(const CertificateNames &names, const RemoteClient &client) {
  if (names.common_name.empty()) return R::client_common_name_missing;
  if (!has_common_name(names, client)) return R::client_common_name_differs;
  return {};
}

struct Check {
  Option option;
  bool by_name;  ///< Needs reverse DNS.
  Judge judge;
  std::string_view success;
};

constexpr Check kChecks[] = {
    {Option::dns_name_required, true, judge_dns,
     "client cert dNSName SAN matches remote name '{name}'"},
    {Option::ip_address_required, false, judge_address,
     "client cert iPAddress SAN matches client IP '{address}'"},
    {Option::common_name_required, true, judge_common,
     "client cert CommonName matches client FQDN '{name}'"},
};

std::string success_line(const Check &check, const RemoteClient &client) {
  const TextField fields[] = {{"{name}", client.name}, {"{address}", client.address}};
  return fill_in(check.success, fields);
}

}  // namespace

bool names_host(std::string_view pattern, std::string_view host) {
  pattern = without_final_dot(pattern);
  host = without_final_dot(host);
  if (pattern.empty() || host.empty()) return false;
  if (!pattern.starts_with("*.")) return equal_ignoring_case(pattern, host);
  const std::size_t dot = host.find('.');
  if (dot == 0 || dot == std::string_view::npos) return false;
  const std::string_view domain = pattern.substr(2);
  const bool two_labels = domain.find('.') != std::string_view::npos;
  return two_labels && equal_ignoring_case(domain, host.substr(dot + 1));
}

std::vector<std::string> spoof_lines(const CertificateNames &names) {
  std::vector<std::string> lines;
  for (const SuspiciousName &name : names.suspicious) {
    lines.push_back("cert " + name.kind +
                    " contains embedded NULs, rejecting as possible spoof attempt");
    lines.push_back("suspicious " + name.kind + " value: '" + printable(name.value) + "'");
  }
  return lines;
}

NameVerdict judge_names(const OptionSet &options, const CertificateNames &names,
                        const RemoteClient &client) {
  NameVerdict verdict;
  for (const Check &check : kChecks) {
    if (!options.has(check.option) || (check.by_name && !client.reverse_dns)) continue;
    if (verdict.lines.empty()) verdict.lines = spoof_lines(names);
    verdict.refusal = check.judge(names, client);
    if (verdict.refusal) return verdict;
    verdict.lines.push_back(success_line(check, client));
  }
  return verdict;
}

}  // namespace mod_tls::core
