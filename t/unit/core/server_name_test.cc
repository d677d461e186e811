// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/server_name.h"

#include <algorithm>
#include <string>
#include <vector>

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;
using Action = ServerNameDecision::Action;

namespace {

struct Case {
  const char *what;
  ServerNameFacts facts;
  Action action;
  NameAlert alert = NameAlert::unrecognized_name;
  const char *log = "";
};

constexpr ProtocolSet kBoth{Protocol::tlsv1_2, Protocol::tlsv1_3};
constexpr ProtocolSet kTls12{Protocol::tlsv1_2};
constexpr ProtocolSet kTls13{Protocol::tlsv1_3};

void check(const Case &c) {
  const ServerNameDecision decision = decide_server_name(c.facts);
  CHECK_TRUE_TEXT(decision.action == c.action, c.what);
  STRCMP_EQUAL_TEXT(c.log, decision.log.c_str(), c.what);
  if (c.action == Action::reject) CHECK_TRUE_TEXT(decision.alert == c.alert, c.what);
}

ServerNameFacts asks_for_other(ProtocolSet offered, ProtocolSet allowed) {
  return {.name = "b.test", .server = NamedServer::other, .offered = offered, .allowed = allowed};
}

std::vector<std::uint8_t> extension(std::string_view name, std::uint8_t type = 0) {
  const auto size = static_cast<std::uint8_t>(name.size());
  std::vector<std::uint8_t> bytes{0, static_cast<std::uint8_t>(size + 3), type, 0, size};
  for (const char c : name) bytes.push_back(static_cast<std::uint8_t>(c));
  return bytes;
}

}  // namespace

TEST_GROUP(ServerName){};

TEST(ServerName, FollowsTheTableOfDecisions) {
  const Case cases[] = {
      {"no SNI", {.name = "", .server = NamedServer::unknown}, Action::ignore},
      {"no names here", {.name = "x.test", .server = NamedServer::no_names}, Action::accept},
      {"the current server", {.name = "a.test", .server = NamedServer::current}, Action::accept},
      {"another server", asks_for_other(kBoth, kBoth), Action::switch_server},
      {"an unknown name",
       {.name = "x.test", .server = NamedServer::unknown},
       Action::reject,
       NameAlert::unrecognized_name,
       "no matching server found for client-sent SNI 'x.test', rejecting SSL/TLS connection"},
      {"a server without TLS",
       {.name = "x.test", .server = NamedServer::without_tls},
       Action::reject,
       NameAlert::unrecognized_name,
       "TLSEngine not enabled for SNI 'x.test', rejecting client"},
      {"a server that cannot be used",
       {.name = "x.test", .server = NamedServer::unusable},
       Action::reject,
       NameAlert::access_denied,
       "error initializing OpenSSL session for SNI 'x.test'"},
  };
  for (const Case &c : cases) check(c);
}

TEST(ServerName, HostAndSniHaveToAgree) {
  const char *mismatch =
      "warning: SNI 'b.test' does not match HOST 'a.test', rejecting SSL/TLS connection";
  const auto facts = [](std::string_view host, NamedServer server) {
    return ServerNameFacts{.name = "b.test", .host = host, .server = server};
  };
  for (const NamedServer server :
       {NamedServer::no_names, NamedServer::unknown, NamedServer::current, NamedServer::other}) {
    check({"another name", facts("a.test", server), Action::reject, NameAlert::access_denied,
           mismatch});
  }
  for (const char *host : {"b.test", "B.Test", "b.test.", "", "127.0.0.1", "::1", "[::1]"}) {
    check({host, facts(host, NamedServer::current), Action::accept});
  }
}

TEST(ServerName, AddressesAreNoNames) {
  for (const char *name : {"127.0.0.1", "255.255.255.255", "::1", "[::1]", "fe80::1%eth0"}) {
    check({name, {.name = name, .server = NamedServer::unknown}, Action::ignore});
  }
}

TEST(ServerName, AddressesAreToldFromNames) {
  for (const char *name : {"1.2.3.4", "0.0.0.0", "::", "2001:db8::1", "[2001:db8::1]"}) {
    CHECK_TRUE_TEXT(is_address_literal(name), name);
  }
  for (const char *name : {"", "a", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.0004", "1.2.3.",
                           "1.2.3.4a", "1..3.4", "a.1.2.3", "12", "files.test"}) {
    CHECK_FALSE_TEXT(is_address_literal(name), name);
  }
}

TEST(ServerName, Q67IgnoreSniIgnoresTheComparisonWithHostToo) {
  for (const NamedServer server :
       {NamedServer::no_names, NamedServer::unknown, NamedServer::current, NamedServer::other,
        NamedServer::without_tls, NamedServer::unusable}) {
    check({"IgnoreSNI",
           {.name = "b.test", .host = "a.test", .ignore = true, .server = server},
           Action::ignore});
  }
}

TEST(ServerName, TheServerIsLookedUpOnlyWhereItMatters) {
  CHECK(server_matters({.name = "b.test"}));
  CHECK(server_matters({.name = "b.test", .host = "B.test"}));
  CHECK(server_matters({.name = "b.test", .host = "127.0.0.1"}));
  const ServerNameFacts decided[] = {{.name = ""},
                                     {.name = "b.test", .ignore = true},
                                     {.name = "b.test", .host = "a.test"},
                                     {.name = "127.0.0.1"},
                                     {.name = "::1"}};
  for (ServerNameFacts facts : decided) {
    CHECK_FALSE(server_matters(facts));
    const auto expected = decide_server_name(facts).action;
    for (const NamedServer server : {NamedServer::unknown, NamedServer::current, NamedServer::other,
                                     NamedServer::without_tls, NamedServer::unusable}) {
      facts.server = server;
      CHECK(decide_server_name(facts).action == expected);
    }
  }
}

TEST(ServerName, TheOtherServerNeedsAVersionInCommon) {
  check({"1.2 of both", asks_for_other(kBoth, kTls12), Action::switch_server});
  check({"1.3 of both", asks_for_other(kBoth, kTls13), Action::switch_server});
  check({"1.2 where 1.3 is wanted", asks_for_other(kTls12, kTls13), Action::reject,
         NameAlert::protocol_version,
         "client-requested protocol version TLSv1.2 not supported by SNI 'b.test' host"});
  check({"1.3 where 1.2 is wanted", asks_for_other(kTls13, kTls12), Action::reject,
         NameAlert::protocol_version,
         "client-requested protocol version TLSv1.3 not supported by SNI 'b.test' host"});
  check({"nothing known", asks_for_other({}, kBoth), Action::reject, NameAlert::protocol_version,
         "client-requested protocol version (unknown) not supported by SNI 'b.test' host"});
}

TEST(ServerName, AServerDoesNotChangeUnderALogin) {
  ServerNameFacts facts = asks_for_other(kBoth, kBoth);
  facts.logged_in = true;
  check({"another", facts, Action::reject, NameAlert::unrecognized_name,
         "SNI 'b.test' names another server than the one this session is logged in to, rejecting "
         "SSL/TLS connection"});
  facts.server = NamedServer::current;
  check({"the same", facts, Action::accept});
}

TEST(ServerName, ControlCharactersDoNotReachTheLog) {
  const auto decision = decide_server_name({.name = "x\ny\x1b", .server = NamedServer::unknown});
  STRCMP_CONTAINS("'x?y?'", decision.log.c_str());
}

TEST(ServerName, OneTrailingDotIsTakenAway) {
  CHECK(without_trailing_dot("a.test.") == "a.test");
  CHECK(without_trailing_dot("a.test") == "a.test");
  CHECK(without_trailing_dot("a..") == "a.");
  CHECK(without_trailing_dot(".").empty());
  CHECK(without_trailing_dot("").empty());
}

TEST(ServerName, TheNameIsReadFromTheExtension) {
  for (const std::string_view name : {"a.test", "x"}) {
    const auto bytes = extension(name);
    CHECK(std::ranges::equal(host_name_in(bytes), name));
  }
}

TEST(ServerName, MalformedExtensionsHaveNoName) {
  using namespace std::string_view_literals;
  const auto good = extension("a.test");
  for (std::size_t size = 0; size < good.size(); size++) {
    CHECK(host_name_in(std::span{good}.first(size)).empty());
  }
  auto longer = good;
  longer.push_back('x');
  CHECK(host_name_in(longer).empty());
  for (const std::size_t at : {0U, 1U, 3U, 4U}) {
    auto wrong = good;
    wrong[at]++;
    CHECK(host_name_in(wrong).empty());
  }
  CHECK(host_name_in(extension("a.test", 1)).empty());
  for (const char byte : "\0\x01\t\n\r \x1b\x7f\x80\xff"sv) {
    CHECK(host_name_in(extension("a" + std::string(1, byte) + "b.test")).empty());
  }
  CHECK(host_name_in(extension("a\nfake line.wild.test")).empty());
  CHECK_FALSE(host_name_in(extension("!a~_b.test")).empty());
  CHECK(host_name_in(extension("")).empty());
}
