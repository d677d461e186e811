// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/own_arena.h"

#include <pthread.h>

#include <stdexcept>

#include "CppUTest/TestHarness.h"

namespace ossl = mod_tls::ossl;

TEST_GROUP(OwnArena){};

TEST(OwnArena, TheWorkIsDoneInAnotherThreadWhenTheCallReturns) {
  pthread_t worker = pthread_self();
  ossl::run_in_own_arena([&] { worker = pthread_self(); });
  CHECK_FALSE(pthread_equal(worker, pthread_self()) != 0);
}

TEST(OwnArena, WhatTheWorkThrowsReachesTheCaller) {
  bool caught = false;
  try {
    ossl::run_in_own_arena([] { throw std::runtime_error("out of memory, say"); });
  } catch (const std::runtime_error &) {
    caught = true;
  }
  CHECK_TRUE(caught);
}

TEST(OwnArena, APlugCanBeRenewed) {
  ossl::HeapPlug plug;
  plug.renew();
  plug.renew();
  ossl::release_free_memory();
}
