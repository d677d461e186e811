// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/server_report.h"

#include <algorithm>

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

namespace {

bool has_line(const std::vector<std::string> &lines, const char *wanted) {
  return std::ranges::find(lines, wanted) != lines.end();
}

InfoReport sample() {
  InfoReport report{.version = "mod_tls/1",
                    .library = "OpenSSL 3",
                    .servers = {},
                    .ticket_keys = {},
                    .caches = {}};
  report.servers.push_back(
      {.name = "main",
       .address = "192.0.2.1:21",
       .engine = true,
       .stapling = true,
       .policy = {{"TLSEngine", "on"}},
       .certificates = {{"EC", "CN=a", "2027-01-01 00:00:00 UTC", 1, StapleReport{3661, 59}},
                        {"RSA", "CN=b", "2020-01-01 00:00:00 UTC", -1}}});
  report.servers.push_back(
      {.name = "plain", .address = "192.0.2.1:2121", .policy = {}, .certificates = {}});
  report.ticket_keys = {{7300, 35900, false}, {100, 43100, true}, {-3500, 90000, false}};
  report.caches.push_back({"TLSSessionCache", "shm", {{"Cache lifetime hits", "3"}}});
  report.caches.push_back({"TLSStaplingCache", "", {}});
  return report;
}

}  // namespace

TEST_GROUP(ServerReport){};

TEST(ServerReport, APolicyIsTakenApartByLines) {
  const auto fields = fields_of_policy("TLSEngine on\nTLSCipherSuite DEFAULT; TLSv1.3 x\n");
  LONGS_EQUAL(2, fields.size());
  STRCMP_EQUAL("TLSCipherSuite", fields[1].name.c_str());
  STRCMP_EQUAL("DEFAULT; TLSv1.3 x", fields[1].value.c_str());
}

TEST(ServerReport, ALineOfStatusHasANameAndAValue) {
  const ReportField field = field_of_status("  Largest session: 12");
  STRCMP_EQUAL("Largest session", field.name.c_str());
  STRCMP_EQUAL("12", field.value.c_str());
  STRCMP_EQUAL("no colon here", field_of_status("no colon here").name.c_str());
  STRCMP_EQUAL("", field_of_status("   ").name.c_str());
}

TEST(ServerReport, LinesNameServersCertificatesAndCaches) {
  const auto lines = to_lines(sample());
  CHECK_TRUE(has_line(lines, "mod_tls/1 using OpenSSL 3"));
  CHECK_TRUE(has_line(lines, "Server 'main', 192.0.2.1:21"));
  CHECK_TRUE(
      has_line(lines, "  Certificate: EC, CN=a, until 2027-01-01 00:00:00 UTC (1 day left)"));
  CHECK_TRUE(has_line(lines, "  Certificate: RSA, CN=b, until 2020-01-01 00:00:00 UTC (expired)"));
  CHECK_TRUE(has_line(lines, "  TLSEngine on"));
  CHECK_TRUE(has_line(lines, "Server 'plain', 192.0.2.1:2121: TLSEngine off"));
  CHECK_TRUE(has_line(lines, "TLSSessionCache: shm"));
  CHECK_TRUE(has_line(lines, "  Cache lifetime hits: 3"));
  CHECK_TRUE(has_line(lines, "TLSStaplingCache: none"));
}

TEST(ServerReport, TicketKeysAreShownByTheirAge) {
  const auto lines = to_lines(sample());
  CHECK_TRUE(has_line(lines, "Session ticket keys: 3"));
  CHECK_TRUE(has_line(lines, "  2 h 1 min old, opens for 9 h 58 min"));
  CHECK_TRUE(has_line(lines, "  1 min 40 s old, opens for 11 h 58 min, seals"));
  CHECK_TRUE(has_line(lines, "  next, seals in 58 min 20 s, opens for 1 d 1 h"));
}

TEST(ServerReport, StaplesAreShownWhereThereIsStapling) {
  InfoReport report = sample();
  CHECK_TRUE(has_line(to_lines(report), "    OCSP response: 1 h 1 min old, good for 59 s"));
  CHECK_TRUE(has_line(to_lines(report), "    OCSP response: none"));
  report.servers[0].certificates[0].staple = StapleReport{60, 0};
  CHECK_TRUE(has_line(to_lines(report), "    OCSP response: out of date, 1 min 0 s old"));
  report.servers[0].stapling = false;
  CHECK_FALSE(has_line(to_lines(report), "    OCSP response: none"));
}

TEST(ServerReport, CountersAreFoundInAnyStatus) {
  const std::vector<ReportField> status{{"Cache lifetime hits", "3"},
                                        {"Cache lifetime misses", "x"},
                                        {"Cache lifetime errors handling sessions in cache", "7"}};
  const CacheCounters counters = counters_in(status);
  LONGS_EQUAL(3, counters.hits.value());
  CHECK_FALSE(counters.misses.has_value());
  LONGS_EQUAL(7, counters.errors.value());
  CHECK_FALSE(counters_in({}).hits.has_value());
}

TEST(ServerReport, WhatIsNotedBecomesAProspect) {
  using Obstacle = StapleProspect::Obstacle;
  CHECK(prospect_of({}, 100).obstacle == Obstacle::not_asked);
  CHECK(prospect_of(StapleNote{}, 100).obstacle == Obstacle::not_asked);
  const StapleProspect good = prospect_of(StapleNote{.asked_again = 130}, 100);
  CHECK(good.obstacle == Obstacle::none);
  LONGS_EQUAL(30, *good.asked_in);
  const StapleProspect bad = prospect_of(StapleNote{.asked_again = 90,
                                                    .unanswered_since = 40,
                                                    .failure = FixedText<160>("it is dead"),
                                                    .verdict = FixedText<60>("revoked")},
                                         100);
  CHECK(bad.obstacle == Obstacle::unanswered);
  LONGS_EQUAL(60, bad.unanswered_for);
  STRCMP_EQUAL("revoked", bad.verdict.c_str());
  STRCMP_EQUAL("no answer for 1 min 0 s (it is dead), asked again now", prospect_text(bad).c_str());
}

TEST(ServerReport, EveryObstacleToAStapleIsNamed) {
  using Obstacle = StapleProspect::Obstacle;
  struct Row {
    StapleProspect prospect;
    const char *text;
  };
  const Row rows[] = {
      {{}, "none"},
      {{.obstacle = Obstacle::no_responder},
       "none: the certificate names no responder, nor does TLSStaplingResponder"},
      {{.obstacle = Obstacle::no_issuer},
       "none: the issuer of the certificate is not known; add it to TLSCertificateChainFile"},
      {{.obstacle = Obstacle::not_asked}, "none: the responder has not been asked yet"},
      {{.obstacle = Obstacle::unanswered, .unanswered_for = 5, .failure = "x", .asked_in = 30},
       "none: no answer for 5 s (x), asked again in 30 s"},
      {{.asked_in = 30, .verdict = "revoked (keyCompromise)"},
       "none, it says revoked (keyCompromise)"},
  };
  for (const Row &row : rows) {
    InfoReport report = sample();
    report.servers[0].certificates[1].prospect = row.prospect;
    const std::string line = std::string("    OCSP response: ") + row.text;
    CHECK_TRUE(has_line(to_lines(report), line.c_str()));
  }
}

TEST(ServerReport, ATextThatIsTooLongForItsPlaceIsCut) {
  STRCMP_EQUAL("abc", FixedText<4>("abcdef").str().c_str());
  STRCMP_EQUAL("ab", FixedText<4>("ab").str().c_str());
  STRCMP_EQUAL("", FixedText<4>("").str().c_str());
}
