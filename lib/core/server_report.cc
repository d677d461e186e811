// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/server_report.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>

namespace mod_tls::core {

namespace {

std::string days_text(std::int64_t days) {
  if (days < 0) return "expired";
  return std::to_string(days) + (days == 1 ? " day" : " days") + " left";
}

/// Two units are enough: "3 min 20 s", "11 h 5 min", "2 d 0 h".
std::string span_text(std::int64_t seconds) {
  struct Unit {
    std::int64_t seconds;
    std::string_view name;
  };
  constexpr Unit kUnits[] = {{86400, " d"}, {3600, " h"}, {60, " min"}, {1, " s"}};
  const auto *unit = std::ranges::find_if(
      kUnits, [&](const Unit &each) { return seconds >= each.seconds || each.seconds == 1; });
  std::string text = std::to_string(seconds / unit->seconds) + std::string(unit->name);
  if (unit->seconds == 1) return text;
  const Unit &finer = *(unit + 1);
  return text + ' ' + std::to_string(seconds % unit->seconds / finer.seconds) +
         std::string(finer.name);
}

std::string staple_text(const std::optional<StapleReport> &staple) {
  if (!staple) return "none";
  if (staple->left <= 0) return "out of date, " + span_text(staple->age) + " old";
  return span_text(staple->age) + " old, good for " + span_text(staple->left);
}

std::string key_text(const TicketKeyReport &key) {
  const std::string left = ", opens for " + span_text(std::max<std::int64_t>(key.left, 0));
  if (key.age < 0) return "  next, seals in " + span_text(-key.age) + left;
  return "  " + span_text(key.age) + " old" + left + (key.seals ? ", seals" : "");
}

void append_keys(const std::vector<TicketKeyReport> &keys, std::vector<std::string> &lines) {
  lines.emplace_back();
  lines.push_back("Session ticket keys: " + std::to_string(keys.size()));
  for (const TicketKeyReport &key : keys) lines.push_back(key_text(key));
}

void append_server(const ServerReport &server, std::vector<std::string> &lines) {
  lines.emplace_back();
  lines.push_back("Server '" + server.name + "', " + server.address +
                  (server.engine ? "" : ": TLSEngine off"));
  for (const CertificateReport &c : server.certificates) {
    lines.push_back("  Certificate: " + c.type + ", " + c.subject + ", until " + c.not_after +
                    " (" + days_text(c.days_left) + ")");
    if (server.stapling) lines.push_back("    OCSP response: " + staple_text(c.staple));
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

CacheCounters counters_in(const std::vector<ReportField> &status) {
  const auto number = [&](std::string_view name) -> std::optional<std::int64_t> {
    const auto field = std::ranges::find_if(
        status, [&](const ReportField &each) { return each.name.starts_with(name); });
    if (field == status.end()) return {};
    std::int64_t value = 0;
    const char *end = field->value.data() + field->value.size();
    const auto [rest, error] = std::from_chars(field->value.data(), end, value);
    return error == std::errc{} && rest == end ? std::optional{value} : std::nullopt;
  };
  return {.hits = number("Cache lifetime hits"),
          .misses = number("Cache lifetime misses"),
          .errors = number("Cache lifetime errors")};
}

std::vector<std::string> to_lines(const InfoReport &report) {
  std::vector<std::string> lines{report.version + " using " + report.library};
  for (const ServerReport &server : report.servers) append_server(server, lines);
  append_keys(report.ticket_keys, lines);
  for (const CacheReport &cache : report.caches) append_cache(cache, lines);
  return lines;
}

}  // namespace mod_tls::core
