// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/redis_protocol.h"

#include "core/reply_line.h"

#include "CppUTest/TestHarness.h"
#include "key_value_checks.h"

using namespace mod_tls;
using core::KeyValueOutcome;
using core::KeyValueVerb;
using core::RedisLogin;
using core::RedisProtocol;

namespace {

constexpr test::WholeReply kWhole[] = {
    {KeyValueVerb::set, "+OK\r\n", KeyValueOutcome::done},
    {KeyValueVerb::set, "-OOM command not allowed\r\n", KeyValueOutcome::refused},
    {KeyValueVerb::get, "$-1\r\n", KeyValueOutcome::missing},
    {KeyValueVerb::get, "$3\r\nabc\r\n", KeyValueOutcome::done, "abc"},
    {KeyValueVerb::get, "$0\r\n\r\n", KeyValueOutcome::done, ""},
    {KeyValueVerb::get, "$4\r\n\r\n+O\r\n", KeyValueOutcome::done, "\r\n+O"},
    {KeyValueVerb::get, "-NOAUTH Authentication required.\r\n", KeyValueOutcome::refused},
    {KeyValueVerb::remove, ":1\r\n", KeyValueOutcome::done},
    {KeyValueVerb::remove, ":0\r\n", KeyValueOutcome::missing},
    {KeyValueVerb::probe, "+PONG\r\n", KeyValueOutcome::done},
    {KeyValueVerb::probe, "+OK\r\n", KeyValueOutcome::done},
    {KeyValueVerb::probe, "-LOADING Redis is loading\r\n", KeyValueOutcome::refused},
};

constexpr std::string_view kBroken[] = {
    "\r\n",   "$\r\n",       "$x\r\n",         "$-2\r\n",     "$1048577\r\n",
    ":2\r\n", ":x\r\n",      "*1\r\n+OK\r\n",  "$3\r\nabcXY", "$3\r\nabc\r\n+OK\r\n",
    "_\r\n",  "+QUEUED\r\n", "+OK\r\n+OK\r\n", "END\r\n",     "-ERR one\r\n-ERR two\r\n",
};

}  // namespace

TEST_GROUP(RedisProtocol) {
  RedisProtocol protocol{{}};
};

TEST(RedisProtocol, RequestsAreArraysOfSizedWords) {
  const std::vector<unsigned char> value{'a', '\r', '\n'};
  STRCMP_EQUAL("*2\r\n$3\r\nGET\r\n$6\r\np.1.ab\r\n",
               protocol.request({KeyValueVerb::get, "p.1.ab"}).c_str());
  STRCMP_EQUAL("*2\r\n$3\r\nDEL\r\n$1\r\nk\r\n",
               protocol.request({KeyValueVerb::remove, "k"}).c_str());
  STRCMP_EQUAL("*1\r\n$4\r\nPING\r\n", protocol.request({}).c_str());
  STRCMP_EQUAL("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\na\r\n\r\n",
               protocol.request({KeyValueVerb::set, "k", value}).c_str());
}

TEST(RedisProtocol, Q63TimeToLiveIsRelative) {
  const auto set = [&](std::int64_t expires, std::int64_t now) {
    return protocol.request({KeyValueVerb::set, "k", {}, expires, now});
  };
  STRCMP_CONTAINS("$2\r\nEX\r\n$3\r\n100\r\n", set(1100, 1000).c_str());
  STRCMP_CONTAINS("$2\r\nEX\r\n$1\r\n1\r\n", set(1000, 1000).c_str());
  STRCMP_CONTAINS("$2\r\nEX\r\n$1\r\n1\r\n", set(900, 1000).c_str());
}

TEST(RedisProtocol, TheGreetingLogsIn) {
  LONGS_EQUAL(0, protocol.greeting().size());
  const auto with_all = RedisProtocol{RedisLogin{"me", "secret", "3"}}.greeting();
  LONGS_EQUAL(2, with_all.size());
  STRCMP_EQUAL("*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$6\r\nsecret\r\n", with_all[0].request.c_str());
  STRCMP_EQUAL("*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n", with_all[1].request.c_str());
  CHECK_FALSE(with_all[0].must_succeed);
  CHECK_TRUE(with_all[1].must_succeed);
  const auto password = RedisProtocol{RedisLogin{"", "secret", ""}}.greeting();
  LONGS_EQUAL(1, password.size());
  STRCMP_EQUAL("*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n", password[0].request.c_str());
  LONGS_EQUAL(0, (RedisProtocol{RedisLogin{"me", "", ""}}.greeting().size()));
}

TEST(RedisProtocol, TheGreetingSaysWhatNoLogIsToHave) {
  const auto with_all = RedisProtocol{RedisLogin{"me", "secret", "3"}}.greeting();
  STRCMP_EQUAL("secret", with_all[0].password.c_str());
  CHECK_TRUE(with_all[0].directive == "RedisServer");
  CHECK_TRUE(with_all[1].password.empty());
}

TEST(RedisProtocol, AMissingLoginIsToldFromOtherRefusals) {
  CHECK_TRUE(protocol.wants_login("it says '-NOAUTH Authentication required.'"));
  CHECK_TRUE(protocol.wants_login("it says '-NOPERM this user has no permissions'"));
  CHECK_FALSE(protocol.wants_login("it says '-OOM command not allowed'"));
  CHECK_FALSE(protocol.wants_login("it says '-ERR NOAUTH is no key'"));
}

TEST(RedisProtocol, APasswordThatIsRepeatedIsMasked) {
  const auto masked = [](const char *reason, const char *password) {
    return core::without_password(reason, password);
  };
  STRCMP_EQUAL("not *** and ***", masked("not ab and ab", "ab").c_str());
  STRCMP_EQUAL("not this", masked("not this", "ab").c_str());
  STRCMP_EQUAL("not this", masked("not this", "").c_str());
  STRCMP_EQUAL("******", masked("**", "*").c_str());
}

TEST(RedisProtocol, WholeRepliesAreUnderstood) {
  for (const auto &row : kWhole) test::check_whole(protocol, row);
}

TEST(RedisProtocol, EveryBeginningOfAReplyWaitsForMore) {
  for (const auto &row : kWhole) test::check_beginnings(protocol, row);
}

TEST(RedisProtocol, Q20WhatIsNoReplyIsNotBelieved) {
  for (const std::string_view text : kBroken) test::check_broken(protocol, text);
  test::check_broken(protocol, std::string(5000, '$'));
}
