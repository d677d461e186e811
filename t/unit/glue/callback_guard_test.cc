// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/callback_guard.h"

#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "CppUTest/TestHarness.h"
#include "host.h"

using namespace mod_tls::glue;
using test::host;

namespace {

modret_t handled{};

modret_t *handle(cmd_rec *) {
  return &handled;
}

modret_t *run_out_of_memory(cmd_rec *) {
  throw std::bad_alloc();
}

modret_t *throw_number(cmd_rec *) {
  throw 1;
}

void throw_at_event(const void *) {
  throw std::runtime_error("event");
}

}  // namespace

TEST_GROUP(CallbackGuard) {
  cmd_rec cmd{};

  void teardown() override {
    test::Host used;
    std::swap(used, host());  // frees what it holds
  }
};

TEST(CallbackGuard, WhatWorksIsHandedOn) {
  POINTERS_EQUAL(&handled, guarded_handler<handle>(&cmd));
  POINTERS_EQUAL(&handled, guarded_handler_or_end<handle>(&cmd));
  CHECK_EQUAL(7, guarded(-1, [] { return 7; }));
  guarded_or_end([] {});
  CHECK_FALSE(host().ended);
  CHECK(host().log.empty());
}

TEST(CallbackGuard, AnExceptionBecomesTheFallbackAndALogLine) {
  errno = 0;
  CHECK_EQUAL(-1, guarded(-1, []() -> int { throw std::bad_alloc(); }));
  CHECK_EQUAL(EIO, errno);
  CHECK_EQUAL(-1, guarded(-1, []() -> int { throw 1; }));
  guarded_event<throw_at_event>(nullptr, nullptr);
  STRCMP_EQUAL("std::bad_alloc\nunknown exception\nevent\n", host().log.c_str());
  CHECK_FALSE(host().ended);
}

TEST(CallbackGuard, ACommandThatThrowsIsRefused) {
  CHECK(guarded_handler<run_out_of_memory>(&cmd) != nullptr);
  STRCMP_EQUAL("451", host().refused.c_str());
  CHECK_FALSE(host().ended);
}

TEST(CallbackGuard, AnExceptionOnTheWayToAProtectedSessionEndsIt) {
  for (const auto work : {+[] { throw std::bad_alloc(); }, +[] { throw 1; }}) {
    host() = {};
    guarded_or_end(work);
    CHECK(host().ended);
    CHECK_FALSE(host().log.empty());
  }
}

TEST(CallbackGuard, AnExceptionWhileTheLoginIsJudgedEndsTheSession) {
  guarded_handler_or_end<run_out_of_memory>(&cmd);
  CHECK(host().ended);
  host() = {};
  guarded_handler_or_end<throw_number>(&cmd);
  CHECK(host().ended);
}
