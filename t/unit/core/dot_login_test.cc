// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/dot_login.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

namespace {

constexpr std::uint32_t kUser = 1000;
constexpr std::uint32_t kOther = 1001;

DotLoginFacts sound() {
  return {.regular = true,
          .size = 1000,
          .user = kUser,
          .owner = kUser,
          .home_owner = kUser,
          .mode = 0100644,
          .home_mode = 040755};
}

void check_fault(const DotLoginFacts &facts, const char *fault) {
  STRCMP_EQUAL(fault, dot_login_fault(facts).c_str());
}

}  // namespace

TEST_GROUP(DotLogin){};

TEST(DotLogin, WhatIsTheUsersOrRootsOwnIsBelieved) {
  DotLoginFacts facts = sound();
  check_fault(facts, "");
  facts.owner = facts.home_owner = 0;
  facts.mode = 0100400;
  facts.home_mode = 040775;  // a group of his own is usual
  check_fault(facts, "");
  facts.size = kMaxDotLogin;
  check_fault(facts, "");
}

TEST(DotLogin, OnlyFilesAreRead) {
  DotLoginFacts facts = sound();
  facts.regular = false;
  check_fault(facts, "it is no regular file");
}

TEST(DotLogin, Q9TheOwnerCounts) {
  DotLoginFacts facts = sound();
  facts.owner = kOther;
  check_fault(facts, "its owner is neither the user nor root");
  facts = sound();
  facts.home_owner = kOther;
  check_fault(facts, "the owner of the home is neither the user nor root");
}

TEST(DotLogin, Q9NobodyElseMayWrite) {
  for (const std::uint32_t mode : {0100664U, 0100646U, 0100666U, 0100620U}) {
    DotLoginFacts facts = sound();
    facts.mode = mode;
    check_fault(facts, "group or others may write to it (chmod go-w)");
  }
  DotLoginFacts facts = sound();
  facts.home_mode = 040757;
  check_fault(facts, "others may write to the home (chmod o-w)");
}

TEST(DotLogin, TheSizeIsBounded) {
  DotLoginFacts facts = sound();
  facts.size = 0;
  check_fault(facts, "it is empty");
  facts.size = kMaxDotLogin + 1;
  check_fault(facts, "it is larger than 65536 bytes");
}
