// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/resolver.h"

#include <netinet/in.h>
#include <sys/wait.h>
#include <unistd.h>

#include "CppUTest/TestHarness.h"

using namespace mod_tls;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

net::Deadline soon() {
  return steady_clock::now() + seconds{10};
}

}  // namespace

TEST_GROUP(Resolver){};

TEST(Resolver, AddressesNeedNoLookingUp) {
  const auto found = net::resolve("192.0.2.1", 8021, steady_clock::now() - seconds{1});
  LONGS_EQUAL(1, found->size());
  LONGS_EQUAL(AF_INET, found->front().family());
  const auto *address = reinterpret_cast<const sockaddr_in *>(found->front().get());
  LONGS_EQUAL(8021, ntohs(address->sin_port));
  LONGS_EQUAL(AF_INET6, net::resolve("2001:db8::1", 1, soon())->front().family());
}

TEST(Resolver, NamesAreLookedUp) {
  const auto found = net::resolve("localhost", 8021, soon());
  CHECK_TRUE(found.ok());
  CHECK_FALSE(found->empty());
  const auto unknown = net::resolve("no.such.host.invalid", 8021, soon());
  CHECK_FALSE(unknown.ok());
  STRCMP_CONTAINS("cannot find the address of no.such.host.invalid: ",
                  unknown.error().message.c_str());
}

TEST(Resolver, WhatAProcessForksCanLookUpAsWell) {
  CHECK_TRUE(net::resolve("localhost", 8021, soon()).ok());
  const pid_t child = ::fork();
  if (child == 0) ::_exit(net::resolve("localhost", 8021, soon()).ok() ? 0 : 1);
  int status = -1;
  ::waitpid(child, &status, 0);
  LONGS_EQUAL(0, status);
}

TEST(Resolver, NoChildIsLeftBehind) {
  CHECK_TRUE(net::resolve("localhost", 8021, soon()).ok());
  LONGS_EQUAL(-1, ::waitpid(-1, nullptr, WNOHANG));
  LONGS_EQUAL(ECHILD, errno);
}

TEST(Resolver, NothingIsLookedUpWhenTheTimeIsOver) {
  const auto late = net::resolve("localhost", 8021, steady_clock::now() - seconds{1});
  STRCMP_EQUAL("cannot find the address of localhost: Temporary failure in name resolution",
               late.error().message.c_str());
}
