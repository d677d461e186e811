// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/login_guard.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

TEST_GROUP(LoginGuard){};

TEST(LoginGuard, LoginsWithPasswordsAreNotItsBusiness) {
  LoginGuard guard;
  for (const char *verb : {"USER", "PASS", "PWD", "PASS"}) CHECK_TRUE(guard.may_begin(verb, false));
  CHECK_TRUE(guard.may_go_on(false));
}

TEST(LoginGuard, AGrantedLoginGoesOnOnceTheUserIsIn) {
  LoginGuard guard;
  guard.grant();
  CHECK_TRUE(guard.may_begin("PASS", false));
  CHECK_TRUE(guard.may_go_on(true));
  CHECK_TRUE(guard.may_begin("PWD", true));
}

TEST(LoginGuard, AGrantedLoginThatFailedEnds) {
  LoginGuard guard;
  guard.grant();
  CHECK_TRUE(guard.may_begin("PASS", false));
  CHECK_FALSE(guard.may_go_on(false));
  CHECK_FALSE(guard.may_begin("PASS", false));
  CHECK_FALSE(guard.may_begin("PWD", false));
}

TEST(LoginGuard, NothingElseComesBeforeTheHostsOwnPass) {
  LoginGuard guard;
  guard.grant();
  CHECK_FALSE(guard.may_begin("PWD", false));
  CHECK_FALSE(guard.may_begin("PASS", false));
}
