// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/server_report.h"

#include <algorithm>
#include <cstddef>

namespace mod_tls::core {

namespace {

std::string days_text(std::int64_t days) {
  if (days < 0) return "expired";
  return std::to_string(days) + (days == 1 ? " day" : " days") + " left";
}

void append_server(const ServerReport &server, std::vector<std::string> &lines) {
  lines.emplace_back();
  lines.push_back("Server '" + server.name + "', " + server.address +
                  (server.engine ? "" : ": TLSEngine off"));
  for (const CertificateReport &c : server.certificates) {
    lines.push_back("  Certificate: " + c.type + ", " + c.subject + ", until " + c.not_after +
                    " (" + days_text(c.days_left) + ")");
  }
  for (const ReportField &field : server.policy) {
    lines.push_back("  " + field.name + ' ' + field.value);
  }
}

void append_cache(const CacheReport &cache, std::vector<std::string> &lines) {
  lines.emplace_back();
  lines.push_back(cache.directive + ": " + (cache.provider.empty() ? "none" : cache.provider));
  for (const ReportField &field : cache.status) {
    lines.push_back("  " + field.name + (field.value.empty() ? "" : ": " + field.value));
  }
}

}  // namespace

std::vector<ReportField> fields_of_policy(const std::string &description) {
  std::vector<ReportField> fields;
  for (std::size_t at = 0; at < description.size();) {
    const std::size_t end = std::min(description.find('\n', at), description.size());
    const std::string line = description.substr(at, end - at);
    const std::size_t blank = std::min(line.find(' '), line.size());
    fields.push_back({line.substr(0, blank), line.substr(std::min(blank + 1, line.size()))});
    at = end + 1;
  }
  return fields;
}

ReportField field_of_status(const std::string &line) {
  const std::size_t start = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t colon = line.find(": ", start);
  if (colon == std::string::npos) return {line.substr(start), {}};
  return {line.substr(start, colon - start), line.substr(colon + 2)};
}

std::vector<std::string> to_lines(const InfoReport &report) {
  std::vector<std::string> lines{report.version + " using " + report.library};
  for (const ServerReport &server : report.servers) append_server(server, lines);
  for (const CacheReport &cache : report.caches) append_cache(cache, lines);
  return lines;
}

}  // namespace mod_tls::core
