// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/user_name.h"

#include "config_line.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;
using mod_tls::test::parse_line;
using Kind = UserNameField::Kind;

namespace {

constexpr const char *kValid[] = {"CommonName", "EmailSubjAltName", "1.2", "2.5.4.3",
                                  "0.9.2342.19200300.100.1.1"};
constexpr const char *kInvalid[] = {"commonname", "Email", "1",     ".1.2", "1.2.",
                                    "1..2",       "1.2a",  "1,2.3", "-1.2"};

const UserNameField kCommonName{.kind = Kind::common_name};
const UserNameField kEmail{.kind = Kind::email};
const UserNameField kOid{.kind = Kind::oid, .oid = "1.2.3"};

void check_matched(const UserNameField &field, const UserNameFacts &facts, const char *matched,
                   const char *checked) {
  const LoginVerdict verdict = judge_user_name(field, facts, "alice");
  CHECK_TRUE(verdict.accepted);
  LONGS_EQUAL(2, verdict.lines.size());
  STRCMP_EQUAL(matched, verdict.lines[0].c_str());
  STRCMP_EQUAL(checked, verdict.lines[1].c_str());
}

void check_failed(const UserNameField &field, const UserNameFacts &facts, const char *user) {
  const LoginVerdict verdict = judge_user_name(field, facts, user);
  CHECK_FALSE(verdict.accepted);
  STRCMP_CONTAINS("' check failed for user '", verdict.lines.back().c_str());
}

}  // namespace

TEST_GROUP(UserName){};

TEST(UserName, FieldsAndOidsAreTakenAndShown) {
  for (const char *word : kValid) {
    const auto value = parse_line(std::string("TLSUserName ") + word);
    CHECK_TRUE_TEXT(value.ok(), word);
    STRCMP_EQUAL(word, to_string(std::get<UserNameField>(*value)).c_str());
  }
  STRCMP_EQUAL("none", to_string(UserNameField{}).c_str());
}

TEST(UserName, EverythingElseIsABadOid) {
  for (const char *word : kInvalid) {
    check_refused(parse_line(std::string("TLSUserName ") + word), "badly formatted OID parameter",
                  word);
  }
  CHECK_FALSE(parse_line("TLSUserName 1." + std::string(300, '2')).ok());
}

TEST(UserName, EachFieldCanBeTheUser) {
  check_matched(kCommonName, {.names = {.common_name = "alice"}},
                "matched client cert CommonName 'alice' to user 'alice'",
                "TLS/X509 TLSUserName 'CommonName' check successful for user 'alice'");
  check_matched(kEmail, {.names = {.emails = {"bob", "alice"}}},
                "matched client cert Email SubjAltName 'alice' to user 'alice'",
                "TLS/X509 TLSUserName 'EmailSubjAltName' check successful for user 'alice'");
  check_matched(kOid, {.names = {}, .oid_values = {"alice"}},
                "matched client cert 1.2.3 extension 'alice' to user 'alice'",
                "TLS/X509 TLSUserName '1.2.3' check successful for user 'alice'");
}

TEST(UserName, OnlyTheWholeNameInItsCaseCounts) {
  const UserNameFacts facts{.names = {.common_name = "alice", .emails = {"alice@example.com"}},
                            .oid_values = {"alice", ""}};
  for (const char *user : {"Alice", "alic", "alice ", "alice.", "bob"}) {
    check_failed(kCommonName, facts, user);
    check_failed(kEmail, facts, user);
    check_failed(kOid, facts, user);
  }
}

TEST(UserName, AnotherFieldDoesNotCount) {
  const UserNameFacts facts{.names = {.common_name = "alice"}};
  check_failed(kEmail, facts, "alice");
  check_failed(kOid, facts, "alice");
  check_failed(kCommonName, {.names = {.emails = {"alice"}}, .oid_values = {"alice"}}, "alice");
}

TEST(UserName, NobodyIsMatchedByNothing) {
  CHECK_FALSE(judge_user_name(kCommonName, {}, "").accepted);
  CHECK_FALSE(judge_user_name({}, {.names = {.common_name = "alice"}}, "alice").accepted);
  CHECK_TRUE(judge_user_name({}, {}, "alice").lines.empty());
}

TEST(UserName, NulsAreToldAndLinesCannotBeForged) {
  const UserNameFacts facts{.names = {.suspicious = {{"CommonName", std::string("alice\0x", 7)}}}};
  const LoginVerdict verdict = judge_user_name(kCommonName, facts, "alice\nforged");
  CHECK_FALSE(verdict.accepted);
  LONGS_EQUAL(3, verdict.lines.size());
  STRCMP_EQUAL("suspicious CommonName value: 'alice?x'", verdict.lines[1].c_str());
  STRCMP_EQUAL("TLS/X509 TLSUserName 'CommonName' check failed for user 'alice?forged'",
               verdict.lines[2].c_str());
}
