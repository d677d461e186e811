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
  InfoReport report{.version = "mod_tls/1", .library = "OpenSSL 3", .servers = {}, .caches = {}};
  report.servers.push_back({.name = "main",
                            .address = "192.0.2.1:21",
                            .engine = true,
                            .policy = {{"TLSEngine", "on"}},
                            .certificates = {{"EC", "CN=a", "2027-01-01 00:00:00 UTC", 1},
                                             {"RSA", "CN=b", "2020-01-01 00:00:00 UTC", -1}}});
  report.servers.push_back(
      {.name = "plain", .address = "192.0.2.1:2121", .policy = {}, .certificates = {}});
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
