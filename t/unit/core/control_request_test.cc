// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/control_request.h"

#include <array>

#include "CppUTest/TestHarness.h"
#include "words.h"

using namespace mod_tls::core;
using mod_tls::test::split_words;
using Action = CacheRequest::Action;

namespace {

ControlRequest request_of(std::string_view line) {
  return parse_control_request(split_words(line));
}

struct Refused {
  const char *line;
  const char *text;
  int status;
};

constexpr Refused kRefused[] = {
    {"", "missing required parameters", -3},
    {"sesscache", "tls sesscache: missing required parameters", -3},
    {"ocspcache", "tls ocspcache: missing required parameters", -3},
    {"sesscache burn", "tls sesscache: unknown sesscache action: 'burn'", -7},
    {"ocspcache burn", "tls ocspcache: unknown ocspcache action: 'burn'", -7},
    {"sesscache info -x", "tls sesscache: unsupported parameter: '-x'", -3},
    {"ocspcache info -x", "tls ocspcache: unsupported parameter: '-x'", -3},
    {"certs", "unknown tls action: 'certs'", -7},
    {"info -v", "tls info: unsupported parameter: '-v'", -3},
};

struct Cached {
  const char *line;
  CacheRequest request;
};

constexpr Cached kCached[] = {
    {"sesscache info", {CacheKind::sessions, Action::info}},
    {"sesscache info -v", {CacheKind::sessions, Action::info, true}},
    {"sesscache clear", {CacheKind::sessions, Action::clear}},
    {"sesscache remove", {CacheKind::sessions, Action::remove}},
    {"ocspcache info", {CacheKind::responses, Action::info}},
    {"ocspcache clear", {CacheKind::responses, Action::clear}},
    {"ocspcache remove", {CacheKind::responses, Action::remove}},
};

}  // namespace

TEST_GROUP(ControlRequest){};

TEST(ControlRequest, CacheActionsAreUnderstood) {
  for (const Cached &row : kCached) {
    const ControlRequest request = request_of(row.line);
    const auto *cache = std::get_if<CacheRequest>(&request.what);
    CHECK_TRUE_TEXT(cache != nullptr && *cache == row.request, row.line);
  }
}

TEST(ControlRequest, OthersAreRefusedWithTheReason) {
  for (const Refused &row : kRefused) {
    const ControlRequest request = request_of(row.line);
    const auto *refusal = std::get_if<ControlRefusal>(&request.what);
    CHECK_TRUE_TEXT(refusal != nullptr, row.line);
    STRCMP_EQUAL_TEXT(row.text, refusal->text.c_str(), row.line);
    LONGS_EQUAL_TEXT(row.status, static_cast<int>(refusal->status), row.line);
  }
}

TEST(ControlRequest, PermissionsAreThoseOfBothWords) {
  const ControlRequest request = request_of("sesscache clear");
  CHECK_TRUE(request.first == "sesscache");
  CHECK_TRUE(request.second == "clear");
  STRCMP_EQUAL("sesscache clear", request.both.c_str());
}

TEST(ControlRequest, ACacheIsGuardedEvenIfTheActionIsUnknown) {
  CHECK_TRUE(request_of("sesscache burn").first == "sesscache");
  CHECK_TRUE(request_of("sesscache").first == "sesscache");
  CHECK_TRUE(request_of("certs").first.empty());
}

TEST(ControlRequest, InfoIsForPeopleOrPrograms) {
  CHECK_FALSE(std::get<InfoRequest>(request_of("info").what).json);
  CHECK_TRUE(std::get<InfoRequest>(request_of("info --json").what).json);
  CHECK_TRUE(request_of("info").first == "info");
}

TEST(ControlRequest, AnswersCountInWords) {
  STRCMP_EQUAL("tls sesscache: cleared 1 session from 'shm' session cache",
               cleared_text(CacheKind::sessions, 1, "shm").c_str());
  STRCMP_EQUAL("tls sesscache: cleared 0 sessions from 'shm' session cache",
               cleared_text(CacheKind::sessions, 0, "shm").c_str());
  STRCMP_EQUAL("tls ocspcache: cleared 2 responses from 'fs' OCSP cache",
               cleared_text(CacheKind::responses, 2, "fs").c_str());
}

TEST(ControlRequest, AnswersNameTheCache) {
  STRCMP_EQUAL("tls sesscache: removed 'shm' session cache",
               removed_text(CacheKind::sessions, "shm").c_str());
  STRCMP_EQUAL("tls sesscache: removed 'shm' OCSP cache",
               removed_text(CacheKind::responses, "shm").c_str());
  STRCMP_EQUAL("No TLSSessionCache configured", unconfigured_text(CacheKind::sessions).c_str());
  STRCMP_EQUAL("No TLSStaplingCache configured", unconfigured_text(CacheKind::responses).c_str());
}

TEST(ControlRequest, FailuresSayWhatWasTried) {
  STRCMP_EQUAL("tls sesscache: error obtaining session cache status: x",
               failed_text({CacheKind::sessions, Action::info}, "x").c_str());
  STRCMP_EQUAL("tls sesscache: error clearing session cache: x",
               failed_text({CacheKind::sessions, Action::clear}, "x").c_str());
  STRCMP_EQUAL("tls ocspcache: error removing OCSP cache: x",
               failed_text({CacheKind::responses, Action::remove}, "x").c_str());
  STRCMP_EQUAL("tls ocspcache: error obtaining OCSP cache status: x",
               failed_text({CacheKind::responses, Action::info}, "x").c_str());
}

TEST(ControlRequest, LinesAboutServersThatWereMissedAreFoundInAStatus) {
  const std::array<std::string, 4> status{
      "Cache by x", "", "Servers: a, b (does not answer, not cleared)", "Cache lifetime hits: 1"};
  const auto lines = missed_lines(status);
  LONGS_EQUAL(1, lines.size());
  STRCMP_EQUAL("cleared, if not marked: Servers: a, b (does not answer, not cleared)",
               lines[0].c_str());
  CHECK_TRUE(missed_lines(std::span(status).first(2)).empty());
}
