// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/controls_acl.h"

#include "config_line.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;
using mod_tls::test::parse_line;

namespace {

ControlsAcl acl_of(const char *line) {
  return std::get<ControlsAcl>(*parse_line(line));
}

struct Row {
  const char *line;
  const char *start;
};

constexpr Row kInvalid[] = {
    {"TLSControlsACLs", "missing parameters"},
    {"TLSControlsACLs all allow user", "missing parameters"},
    {"TLSControlsACLs all permit user root", "second parameter must be 'allow' or 'deny'"},
    {"TLSControlsACLs all allow users root", "third parameter must be 'user' or 'group'"},
    {"TLSControlsACLs destroy allow user root", "unknown action: 'destroy'; known are all, clear"},
    {"TLSControlsACLs info,,clear allow user root", "unknown action: ''"},
    {"TLSControlsACLs sesscache burn allow user root", "unknown action: 'sesscache burn'"},
};

}  // namespace

TEST_GROUP(ControlsAcl){};

TEST(ControlsAcl, AllStandsForEveryPermission) {
  const ControlsAcl acl = acl_of("TLSControlsACLs all allow user root,admin");
  LONGS_EQUAL(control_permissions().size(), acl.permissions.size());
  CHECK_TRUE(acl.allow);
  CHECK_TRUE(acl.subject == ControlsAcl::Subject::user);
  STRCMP_EQUAL("root,admin", acl.names.c_str());
}

TEST(ControlsAcl, ActionsAreSeparatedByCommas) {
  const ControlsAcl acl = acl_of("TLSControlsACLs sesscache,info deny group users");
  LONGS_EQUAL(2, acl.permissions.size());
  STRCMP_EQUAL("sesscache", acl.permissions[0].c_str());
  STRCMP_EQUAL("info", acl.permissions[1].c_str());
  CHECK_FALSE(acl.allow);
  CHECK_TRUE(acl.subject == ControlsAcl::Subject::group);
}

TEST(ControlsAcl, AnActionOfOneCacheMayStandAsTwoWords) {
  const ControlsAcl acl = acl_of("TLSControlsACLs sesscache clear allow user root");
  LONGS_EQUAL(1, acl.permissions.size());
  STRCMP_EQUAL("sesscache clear", acl.permissions[0].c_str());
}

TEST(ControlsAcl, ANamedPairDecidesAlone) {
  const std::vector<ControlsAcl> records{acl_of("TLSControlsACLs all allow user root"),
                                         acl_of("TLSControlsACLs sesscache,info allow user bob"),
                                         acl_of("TLSControlsACLs sesscache remove deny user bob")};
  CHECK_TRUE(pair_decides(records, "sesscache remove"));
  CHECK_FALSE(pair_decides(records, "sesscache info"));
  CHECK_FALSE(pair_decides(records, ""));
  CHECK_FALSE(pair_decides({}, "sesscache remove"));
}

TEST(ControlsAcl, TestQ17RemoveCanBeGranted) {
  CHECK_TRUE(parse_line("TLSControlsACLs remove allow user root").ok());
  CHECK_TRUE(parse_line("TLSControlsACLs sesscache,remove allow user root").ok());
}

TEST(ControlsAcl, FurtherWordsAreIgnored) {
  CHECK_TRUE(parse_line("TLSControlsACLs info allow user root more").ok());
}

TEST(ControlsAcl, OtherValuesAreRefused) {
  for (const Row &row : kInvalid) check_refused(parse_line(row.line), row.start, row.line);
}
