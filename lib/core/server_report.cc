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

std::string age_text(const std::optional<StapleReport> &staple) {
  if (!staple) return "none";
  if (staple->left <= 0) return "out of date, " + span_text(staple->age) + " old";
  return span_text(staple->age) + " old, good for " + span_text(staple->left);
}

std::string staple_text(const CertificateReport &certificate) {
  const StapleProspect &prospect = certificate.prospect;
  const std::string verdict = prospect.verdict.empty() ? "" : ", it says " + prospect.verdict;
  const std::string obstacle = prospect_text(prospect);
  return age_text(certificate.staple) + verdict + (obstacle.empty() ? "" : ": " + obstacle);
}

std::string unanswered_text(const StapleProspect &prospect) {
  std::string text =
      "no answer for " + span_text(prospect.unanswered_for) + " (" + prospect.failure + ")";
  if (!prospect.asked_in) return text;
  text += ", asked again ";
  return text + (*prospect.asked_in > 0 ? "in " + span_text(*prospect.asked_in) : "now");
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
    if (server.stapling) lines.push_back("    OCSP response: " + staple_text(c));
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

StapleProspect prospect_of(const std::optional<StapleNote> &note, UnixTime now) {
  using Obstacle = StapleProspect::Obstacle;
  if (!note || note->asked_again == 0) return {.obstacle = Obstacle::not_asked};
  StapleProspect prospect{.asked_in = note->asked_again - now, .verdict = note->verdict.str()};
  if (note->unanswered_since == 0) return prospect;
  prospect.obstacle = Obstacle::unanswered;
  prospect.unanswered_for = std::max<UnixTime>(now - note->unanswered_since, 0);
  prospect.failure = note->failure.str();
  return prospect;
}

std::string prospect_text(const StapleProspect &prospect) {
  using Obstacle = StapleProspect::Obstacle;
  switch (prospect.obstacle) {
    case Obstacle::none:
      return {};
    case Obstacle::no_responder:
      return "the certificate names no responder, nor does TLSStaplingResponder";
    case Obstacle::no_issuer:
      return "the issuer of the certificate is not known; add it to TLSCertificateChainFile";
    case Obstacle::not_asked:
      return "the responder has not been asked yet";
    case Obstacle::unanswered:
      return unanswered_text(prospect);
  }
  return {};
}

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
