// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/key_value_servers.h"

#include <array>
#include <map>

#include "CppUTest/TestHarness.h"

using namespace mod_tls;
using core::ServerAddress;
using std::chrono::milliseconds;
using Words = std::vector<std::string_view>;

TEST_GROUP(KeyValueServers){
    static void refused(const auto &result, const char *why){CHECK_FALSE(result.ok());
STRCMP_CONTAINS(why, result.error().message.c_str());
}
}
;

TEST(KeyValueServers, AddressesInAllForms) {
  const struct {
    const char *word;
    ServerAddress address;
    const char *text;
  } rows[] = {
      {"10.0.0.1", {"10.0.0.1", 7}, "10.0.0.1:7"},
      {"10.0.0.1:99", {"10.0.0.1", 99}, "10.0.0.1:99"},
      {"cache.example.org:65535", {"cache.example.org", 65535}, "cache.example.org:65535"},
      {"[::1]:99", {"::1", 99}, "[::1]:99"},
      {"[::1]", {"::1", 7}, "[::1]:7"},
      {"fe80::1", {"fe80::1", 7}, "[fe80::1]:7"},
      {"/run/cache.sock", {"/run/cache.sock", 0}, "/run/cache.sock"},
  };
  for (const auto &row : rows) {
    const auto address = core::parse_server_address(row.word, 7);
    CHECK_TRUE_TEXT(address.ok(), row.word);
    CHECK_TRUE_TEXT(*address == row.address, row.word);
    STRCMP_EQUAL(row.text, core::text_of(*address).c_str());
  }
}

TEST(KeyValueServers, WhatIsNoAddressIsRefused) {
  for (const char *word : {"", ":1", "h:", "h:0", "h:65536", "h:1x", "[::1", "[]", "[]:1",
                           "[::1]:", "[::1]x:1", "a b", "a\nb", "h:-1", "[/a:1]:2", "a/b"}) {
    refused(core::parse_server_address(word, 7), "is no address of a server (wanted: host");
  }
}

TEST(KeyValueServers, ListsAreApartBySpacesAndCommas) {
  const auto list = core::parse_memcache_servers(Words{"a:1,b", "c:3,", "a:1"});
  CHECK_TRUE(list.ok());
  const std::vector<ServerAddress> wanted{{"a", 1}, {"b", 11211}, {"c", 3}};
  CHECK_TRUE(*list == wanted);
  refused(core::parse_memcache_servers(Words{}), "is no address");
  refused(core::parse_memcache_servers(Words{","}), "is no address");
  refused(core::parse_memcache_servers(Words{"a,b:0"}), "'b:0' is no address");
}

TEST(KeyValueServers, RedisServerHasUserPasswordAndDatabase) {
  const auto server = core::parse_redis_server(Words{"a:1", "me", "secret", "12"});
  CHECK_TRUE(server.ok());
  CHECK_TRUE(server->address == (ServerAddress{"a", 1}));
  CHECK_TRUE(server->login == (core::RedisLogin{"me", "secret", "12"}));
  const auto plain = core::parse_redis_server(Words{"a"});
  CHECK_TRUE(plain->address == (ServerAddress{"a", 6379}));
  CHECK_TRUE(plain->login == core::RedisLogin{});
  refused(core::parse_redis_server(Words{}), "is no address");
  const auto wrong = core::parse_redis_server(Words{"a", "me", "3", "secret"});
  refused(wrong, "no number of a database");
  CHECK_TRUE(wrong.error().message.find("secret") == std::string::npos);
}

TEST(KeyValueServers, TimesAreMilliseconds) {
  const auto memcache = core::parse_memcache_times(Words{"100", "20", "30"});
  CHECK_TRUE(memcache->connect == milliseconds{100});
  CHECK_TRUE(memcache->answer == milliseconds{30});
  CHECK_TRUE(core::parse_memcache_times(Words{"1", "2", "3", "4"}).ok());
  CHECK_TRUE(*core::parse_redis_times(Words{"0", "0"}) == core::ServerTimes{});
  const auto redis = core::parse_redis_times(Words{"7", "60000"});
  CHECK_TRUE(redis->answer == milliseconds{60000});
}

TEST(KeyValueServers, TimesThatCannotBeUsedAreRefused) {
  refused(core::parse_memcache_times(Words{"1", "2"}), "wrong number");
  refused(core::parse_memcache_times(Words{"1", "2", "3", "4", "5"}), "wrong number");
  refused(core::parse_redis_times(Words{"1"}), "wrong number");
  refused(core::parse_redis_times(Words{"1", "2", "3"}), "wrong number");
  for (const char *word : {"", "x", "1s", "-1", "60001", "99999999999999"}) {
    refused(core::parse_redis_times(Words{"1", word}), "is no time-out (wanted: milliseconds");
    refused(core::parse_redis_times(Words{word, "1"}), "is no time-out (wanted: milliseconds");
  }
}

TEST(KeyValueServers, KeysAreSpreadAndStayWhereTheyAreWhenOthersGo) {
  const std::array<std::string_view, 4> servers{"a:1", "b:1", "c:1", "d:1"};
  std::array<bool, 4> usable{true, true, true, true};
  std::map<std::size_t, int> spread;
  for (int i = 0; i < 1000; i++) {
    const std::string key = "key" + std::to_string(i);
    usable[2] = true;
    const auto before = core::server_for(key, servers, usable);
    usable[2] = false;
    const auto after = core::server_for(key, servers, usable);
    CHECK_TRUE(after != 2U);
    if (before != 2U) CHECK_TRUE(before == after);
    spread[*before]++;
  }
  for (std::size_t i = 0; i < 4; i++) CHECK_TRUE(spread[i] > 180);
}

TEST(KeyValueServers, TheOrderOfServersDoesNotMatter) {
  const std::array<std::string_view, 3> one{"a:1", "b:1", "c:1"};
  const std::array<std::string_view, 3> two{"c:1", "a:1", "b:1"};
  const std::array<bool, 3> usable{true, true, true};
  for (int i = 0; i < 100; i++) {
    const std::string key = std::to_string(i);
    CHECK_TRUE(one[*core::server_for(key, one, usable)] ==
               two[*core::server_for(key, two, usable)]);
  }
}

TEST(KeyValueServers, WhereNoneIsUsableThereIsNone) {
  const std::array<std::string_view, 1> servers{"a:1"};
  const std::array<bool, 1> usable{false};
  CHECK_FALSE(core::server_for("k", servers, usable).has_value());
  CHECK_FALSE(core::server_for("k", {}, {}).has_value());
}
