// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/memcached_protocol.h"
#include "core/reply_line.h"

#include "CppUTest/TestHarness.h"
#include "key_value_checks.h"

using namespace mod_tls;
using core::KeyValueOutcome;
using core::KeyValueVerb;

namespace {

const core::MemcachedProtocol kProtocol;

constexpr test::WholeReply kWhole[] = {
    {KeyValueVerb::set, "STORED\r\n", KeyValueOutcome::done},
    {KeyValueVerb::set, "NOT_STORED\r\n", KeyValueOutcome::refused},
    {KeyValueVerb::set, "SERVER_ERROR object too large for cache\r\n", KeyValueOutcome::too_large},
    {KeyValueVerb::set, "SERVER_ERROR out of memory storing object\r\n", KeyValueOutcome::refused},
    {KeyValueVerb::set, "CLIENT_ERROR bad data chunk\r\n", KeyValueOutcome::refused},
    {KeyValueVerb::get, "END\r\n", KeyValueOutcome::missing},
    {KeyValueVerb::get, "VALUE k 0 3\r\nabc\r\nEND\r\n", KeyValueOutcome::done, "abc"},
    {KeyValueVerb::get, "VALUE k 0 0\r\n\r\nEND\r\n", KeyValueOutcome::done, ""},
    {KeyValueVerb::get, "VALUE k 0 5\r\n\r\nEND\r\nEND\r\n", KeyValueOutcome::done, "\r\nEND"},
    {KeyValueVerb::get, "ERROR\r\n", KeyValueOutcome::refused},
    {KeyValueVerb::remove, "DELETED\r\n", KeyValueOutcome::done},
    {KeyValueVerb::remove, "NOT_FOUND\r\n", KeyValueOutcome::missing},
    {KeyValueVerb::probe, "VERSION 1.6.18\r\n", KeyValueOutcome::done},
};

/// Each is wrong for all verbs.
constexpr std::string_view kBroken[] = {
    "\r\n",
    "VALUE\r\n",
    "VALUE k 0\r\n",
    "VALUE k 0 x\r\n",
    "VALUE k 0 -1\r\n",
    "VALUE k 0 1048577\r\n",
    "VALUE k 0 99999999999999999999999\r\n",
    "VALUE k 0 3 7\r\nabc\r\nEND\r\n",
    "VALUE k 0 3\r\nabcEND",
    "VALUE k 0 3\r\nabc\r\nEND\r\nEND\r\n",
    "VALUE k 0 3\r\nabc\r\nVALUE l",
    "STORED\r\nSTORED\r\n",
    "stored\r\n",
    "+OK\r\n",
    "ERRORS\r\n",
};

}  // namespace

TEST_GROUP(MemcachedProtocol){};

TEST(MemcachedProtocol, RequestsAreLinesWithSizes) {
  const std::vector<unsigned char> value{'a', 0, '\n'};
  STRCMP_EQUAL("get p.1.ab\r\n", kProtocol.request({KeyValueVerb::get, "p.1.ab"}).c_str());
  STRCMP_EQUAL("delete k\r\n", kProtocol.request({KeyValueVerb::remove, "k"}).c_str());
  STRCMP_EQUAL("version\r\n", kProtocol.request({}).c_str());
  const std::string set = kProtocol.request({KeyValueVerb::set, "k", value, 1800000000, 17});
  CHECK_TRUE(set == std::string("set k 0 1800000000 3\r\na\0\n\r\n", 27));
  LONGS_EQUAL(0, kProtocol.greeting().size());
}

TEST(MemcachedProtocol, WholeRepliesAreUnderstood) {
  for (const auto &row : kWhole) test::check_whole(kProtocol, row);
}

TEST(MemcachedProtocol, EveryBeginningOfAReplyWaitsForMore) {
  for (const auto &row : kWhole) test::check_beginnings(kProtocol, row);
}

TEST(MemcachedProtocol, Q20WhatIsNoReplyIsNotBelieved) {
  for (const std::string_view text : kBroken) test::check_broken(kProtocol, text);
  test::check_broken(kProtocol, std::string(5000, 'x'));
}

TEST(MemcachedProtocol, AReplyToAnotherQuestionIsNone) {
  for (const auto &[verb, text] : {std::pair{KeyValueVerb::get, "STORED\r\n"},
                                   {KeyValueVerb::set, "END\r\n"},
                                   {KeyValueVerb::remove, "VERSION 1\r\n"},
                                   {KeyValueVerb::probe, "DELETED\r\n"}}) {
    CHECK_TRUE(kProtocol.scan(verb, text).state == core::ReplyScan::State::broken);
  }
}

TEST(MemcachedProtocol, ReasonsAreFitForALog) {
  const auto refused = kProtocol.scan(KeyValueVerb::set, "SERVER_ERROR a\x1b[1mb\r\n");
  STRCMP_EQUAL("it says 'SERVER_ERROR a?[1mb'", refused.reply.reason.c_str());
  const auto broken = kProtocol.scan(KeyValueVerb::set, "\x01\r\n");
  STRCMP_CONTAINS("makes no sense", broken.reply.reason.c_str());
}

TEST(MemcachedProtocol, ALineOfTheGreatestLengthMayBeCutAnywhere) {
  const std::string line = "VERSION " + std::string(core::kLongestReplyLine - 8, '1') + "\r\n";
  const test::WholeReply row{KeyValueVerb::probe, line, KeyValueOutcome::done};
  test::check_beginnings(kProtocol, row);
  test::check_broken(kProtocol, line.substr(0, line.size() - 2) + "1\r\n");
}
