// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/group_list.h"

#include "config_line.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;
using mod_tls::test::parse_line;

namespace {

struct Valid {
  const char *line;
  const char *groups;
};

constexpr Valid kValid[] = {
    {"TLSGroups auto", ""},
    {"TLSGroups AUTO", ""},
    {"TLSGroups X25519", "X25519"},
    {"TLSGroups X25519:P-256", "X25519:P-256"},
    {"TLSGroups X25519MLKEM768:X25519 P-256", "X25519MLKEM768:X25519:P-256"},
    {"TLSECDHCurve auto", ""},
    {"TLSECDHCurve prime256v1:secp384r1", "prime256v1:secp384r1"},
    {"TLSECDHCurve P-256 ignored", "P-256"},
};

constexpr const char *kInvalid[] = {
    "TLSGroups :",      "TLSGroups X25519:", "TLSGroups a::b",         "TLSGroups a,b",
    "TLSGroups ?a",     "TLSGroups a:A",     "TLSGroups a a",          "TLSGroups auto:a",
    "TLSGroups a auto", "TLSECDHCurve a/b",  "TLSECDHCurve auto:auto", "TLSECDHCurve *a"};

}  // namespace

TEST_GROUP(GroupList){};

TEST(GroupList, ListsKeepTheirOrder) {
  for (const Valid &valid : kValid) {
    const auto value = parse_line(valid.line);
    CHECK_TRUE_TEXT(value.ok(), valid.line);
    STRCMP_EQUAL_TEXT(valid.groups, std::get<std::string>(*value).c_str(), valid.line);
  }
}

TEST(GroupList, OtherFormsAreRefusedByName) {
  for (const char *line : kInvalid) check_refused(parse_line(line), "unable to use group '", line);
}

TEST(GroupList, AnEmptyListIsShownAsAuto) {
  STRCMP_EQUAL("auto", groups_text("").c_str());
  STRCMP_EQUAL("X25519", groups_text("X25519").c_str());
}
