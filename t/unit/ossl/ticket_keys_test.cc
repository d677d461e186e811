// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/ticket_keys.h"

#include <sys/stat.h>

#include <ctime>
#include <set>

#include "CppUTest/TestHarness.h"
#include "tls_pair.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;
using core::TicketKeyPolicy;
using core::TicketTime;
using ossl::ConnectionRole;
using ossl::SslSessionPtr;
using ossl::TicketKeys;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

TicketTime now() {
  return TicketTime{seconds{std::time(nullptr)}};
}

std::set<core::TicketKeyName> names_of(const TicketKeys &keys) {
  std::set<core::TicketKeyName> names;
  for (const core::TicketKey &key : keys.ring().keys()) names.insert(key.name);
  return names;
}

}  // namespace

TEST_GROUP(TicketKeys) {
  test::TemporaryFolder folder;
  core::ServerPolicy policy = test::ec_policy(folder);
  TicketKeys keys;
  ossl::BindingId binding{};
  std::vector<SslSessionPtr> sessions;

  void teardown() override {
    sessions.clear();
  }

  std::string secret_file(const char *name, const std::string &content, mode_t mode = 0600) {
    std::string path = folder.write(name, content);
    ::chmod(path.c_str(), mode);
    return path;
  }

  std::string failure(const std::string &path) {
    const auto status = ossl::check_ticket_secret(path);
    return status ? "none" : status.error().message;
  }

  ossl::SslCtxPtr server(TicketKeys & of) {
    policy.session_tickets = true;
    auto built = ossl::build_context(policy, std::time(nullptr));
    of.apply_to(built->ctx.get());
    return std::move(built->ctx);
  }

  /// A connection as `version` whose tickets end up in `sessions`; whether it was resumed.
  bool connect(SSL_CTX * ctx, int version, const SSL_SESSION *offered = nullptr,
               ConnectionRole role = ConnectionRole::control) {
    const auto client = test::client_context(version);
    test::collect_sessions(client.get(), sessions);
    test::TlsPair pair(ctx, client.get(), role, binding, offered);
    CHECK(pair.handshake());
    if (role == ConnectionRole::control) ossl::adopt_binding(pair.server.ssl(), binding);
    CHECK(test::send_text(pair.server, "hello"));
    STRCMP_EQUAL("hello", pair.client_reads().c_str());
    return pair.resumed();
  }
};

TEST(TicketKeys, KeysAreRandomAndRotated) {
  CHECK(keys.configure({}, now()).ok());
  TicketKeys other;
  CHECK(other.configure({}, now()).ok());
  CHECK(names_of(keys) != names_of(other));
  CHECK(keys.rotate(now() + seconds{3599}).ok());
  UNSIGNED_LONGS_EQUAL(1, keys.ring().size());
  CHECK(keys.rotate(now() + seconds{3600}).ok());
  UNSIGNED_LONGS_EQUAL(2, keys.ring().size());
  CHECK(keys.rotate(now() + hours{100}).ok());
  UNSIGNED_LONGS_EQUAL(2, keys.ring().size());  // the one that sealed last, and its successor
}

TEST(TicketKeys, ManyRotationsStayWithinTheCount) {  // Q16, Q59
  CHECK(keys.configure({.age = hours{100}, .count = 4}, now()).ok());
  for (int i = 1; i < 20; i++) CHECK(keys.rotate(now() + hours{i}).ok());
  UNSIGNED_LONGS_EQUAL(4, keys.ring().size());
}

TEST(TicketKeys, AReloadKeepsThem) {
  CHECK(keys.configure({}, now()).ok());
  const auto before = names_of(keys);
  for (int i = 0; i < 5; i++) CHECK(keys.configure({.count = 2}, now()).ok());
  CHECK(before == names_of(keys));
}

TEST(TicketKeys, TheSameSecretMakesTheSameKeysAnywhere) {
  const TicketKeyPolicy shared{.secret_file = secret_file("one", std::string(64, 's'))};
  const TicketKeyPolicy copied{.secret_file = secret_file("two", std::string(64, 's'))};
  const TicketKeyPolicy another{.secret_file = secret_file("three", std::string(64, 't'))};
  const TicketTime moment = now();
  TicketKeys second;
  TicketKeys third;
  CHECK(keys.configure(shared, moment).ok() && second.configure(copied, moment).ok());
  CHECK(third.configure(another, moment).ok());
  CHECK(names_of(keys) == names_of(second));
  for (const auto &name : names_of(third)) CHECK(!names_of(keys).contains(name));
  CHECK(keys.ring().sealing(moment)->name == second.ring().sealing(moment)->name);
}

TEST(TicketKeys, SharedKeysFollowTheTime) {
  const TicketKeyPolicy shared{.age = hours{2},
                               .secret_file = secret_file("s",
                                                          "0123456789abcdef"
                                                          "0123456789abcdef")};
  const TicketTime moment{hours{500000}};
  CHECK(keys.configure(shared, moment).ok());
  const auto first = keys.ring().sealing(moment)->name;
  CHECK(first == keys.ring().sealing(moment + seconds{3599})->name);
  const auto next = keys.ring().sealing(moment + seconds{3600})->name;
  CHECK(first != next);
  CHECK(keys.rotate(moment + hours{1}).ok());
  CHECK(next == keys.ring().sealing(moment + hours{1})->name);
  CHECK(keys.ring().find(first, moment + hours{1}) != nullptr);
  CHECK(keys.rotate(moment + hours{3}).ok());
  CHECK(keys.ring().find(first, moment + hours{3}) == nullptr);
}

TEST(TicketKeys, ASecretThatIsNewInTheConfigurationSealsAtOnce) {
  const TicketTime moment{hours{500000} + seconds{100}};
  CHECK(keys.configure({}, moment).ok());
  const auto random = keys.ring().sealing(moment)->name;
  const TicketKeyPolicy one{.age = hours{2},
                            .secret_file = secret_file("one", std::string(64, 'a'))};
  const TicketKeyPolicy two{.age = hours{2},
                            .secret_file = secret_file("two", std::string(64, 'b'))};
  CHECK(keys.configure(one, moment).ok());
  const auto first = keys.ring().sealing(moment)->name;
  CHECK(keys.configure(two, moment).ok());
  const auto second = keys.ring().sealing(moment)->name;
  CHECK(keys.configure({}, moment).ok());
  const auto last = keys.ring().sealing(moment)->name;
  const std::set all{random, first, second, last};
  UNSIGNED_LONGS_EQUAL(4, all.size());
  for (const auto &name : all) CHECK(keys.ring().find(name, moment) != nullptr);
}

TEST(TicketKeys, AReportHasAgesAndNothingElse) {
  const TicketTime moment{hours{1000}};
  CHECK(keys.configure({}, moment).ok());
  CHECK(keys.rotate(moment + hours{1}).ok());
  const auto report = keys.report(moment + hours{1} + seconds{30});
  LONGS_EQUAL(2, report.size());
  LONGS_EQUAL(3630, report[0].age);
  LONGS_EQUAL(12 * 3600 - 3630, report[0].left);
  CHECK_FALSE(report[0].seals);
  LONGS_EQUAL(30, report[1].age);
  CHECK_TRUE(report[1].seals);
}

TEST(TicketKeys, AReportShowsRetiredKeysByTheirTime) {
  const TicketTime moment{hours{1000}};
  CHECK(keys.configure({}, moment).ok());
  const TicketKeyPolicy shared{.secret_file = secret_file("shared", std::string(40, 's'))};
  CHECK(keys.configure(shared, moment + seconds{50}).ok());
  const auto report = keys.report(moment + seconds{60});
  LONGS_EQUAL(60, report[0].age);
  CHECK_FALSE(report[0].seals);
}

TEST(TicketKeys, FilesThatCannotServeAreToldByName) {
  STRCMP_EQUAL("none", failure(secret_file("good", std::string(32, 'x'))).c_str());
  STRCMP_EQUAL("none", failure(secret_file("group", std::string(32, 'x'), 0640)).c_str());
  STRCMP_CONTAINS("holds less than 32 bytes",
                  failure(secret_file("short", std::string(31, 'x'))).c_str());
  STRCMP_CONTAINS("others may read or change it",
                  failure(secret_file("open", std::string(32, 'x'), 0644)).c_str());
  STRCMP_CONTAINS("others may read or change it",
                  failure(secret_file("shared", std::string(32, 'x'), 0660)).c_str());
  STRCMP_EQUAL("unable to use '/none/such': No such file or directory",
               failure("/none/such").c_str());
  CHECK_FALSE(keys.configure({.secret_file = "/none/such"}, now()).ok());
}

TEST(TicketKeys, AFailedReloadLeavesEverythingAsItWas) {
  CHECK(keys.configure({.count = 3}, now()).ok());
  const auto before = names_of(keys);
  CHECK_FALSE(keys.configure({.secret_file = "/none/such"}, now()).ok());
  CHECK(before == names_of(keys));
}

TEST(TicketKeys, TicketsOfEveryVersionAreResumed) {
  CHECK(keys.configure({}, now()).ok());
  for (const int version : kVersions) {
    const auto ctx = server(keys);
    const auto replaced = server(keys);
    sessions.clear();
    CHECK_FALSE(connect(ctx.get(), version));
    const SslSessionPtr ticket{SSL_SESSION_dup(sessions.front().get())};
    CHECK(SSL_SESSION_has_ticket(ticket.get()));
    CHECK(connect(ctx.get(), version, ticket.get()));
    CHECK(connect(replaced.get(), version, ticket.get()));
    CHECK(connect(ctx.get(), version, ticket.get(), ConnectionRole::data));
  }
}

TEST(TicketKeys, TicketsUnderUnknownKeysMeanAFullHandshake) {
  CHECK(keys.configure({}, now()).ok());
  TicketKeys strange;
  CHECK(strange.configure({}, now()).ok());
  for (const int version : kVersions) {
    const auto ctx = server(keys);
    const auto elsewhere = server(strange);
    sessions.clear();
    CHECK_FALSE(connect(ctx.get(), version));
    const SslSessionPtr ticket{SSL_SESSION_dup(sessions.front().get())};
    CHECK_FALSE(connect(elsewhere.get(), version, ticket.get()));
    CHECK_FALSE(connect(elsewhere.get(), version, ticket.get(), ConnectionRole::data));
  }
}

TEST(TicketKeys, AnExpiredKeyOpensNothing) {
  CHECK(keys.configure({}, now() - hours{13}).ok());
  const auto ctx = server(keys);
  for (const int version : kVersions) {
    sessions.clear();
    CHECK_FALSE(connect(ctx.get(), version));
    const SslSessionPtr ticket{SSL_SESSION_dup(sessions.front().get())};
    CHECK_FALSE(connect(ctx.get(), version, ticket.get()));
  }
}

TEST(TicketKeys, WhatASessionProcessSealedItOpensForAsLongAsItLives) {
  CHECK(keys.configure({}, now() - hours{13}).ok());
  keys.enter_session();
  const auto ctx = server(keys);
  for (const int version : kVersions) {
    sessions.clear();
    CHECK_FALSE(connect(ctx.get(), version));
    const SslSessionPtr ticket{SSL_SESSION_dup(sessions.front().get())};
    CHECK(connect(ctx.get(), version, ticket.get(), ConnectionRole::data));
  }
}

TEST(TicketKeys, WhoHasForgottenThemOpensAndSealsNothing) {
  CHECK(keys.configure({}, now()).ok());
  const auto ctx = server(keys);
  CHECK_FALSE(connect(ctx.get(), TLS1_3_VERSION));
  const SslSessionPtr ticket{SSL_SESSION_dup(sessions.front().get())};
  keys.forget();
  LONGS_EQUAL(0, keys.ring().size());
  sessions.clear();
  CHECK_FALSE(connect(ctx.get(), TLS1_3_VERSION, ticket.get()));
  CHECK_TRUE(sessions.empty());
}

TEST(TicketKeys, WithoutAnyKeyThereAreNoTickets) {
  for (const int version : kVersions) {
    const auto ctx = server(keys);
    sessions.clear();
    CHECK_FALSE(connect(ctx.get(), version));
    CHECK_FALSE(connect(ctx.get(), version, sessions.empty() ? nullptr : sessions.front().get()));
  }
}

TEST(TicketKeys, LockingIsTriedAndNeverNeeded) {
  CHECK(keys.configure({}, now()).ok());
  (void)keys.lock_memory();
  keys.enter_session();
  UNSIGNED_LONGS_EQUAL(1, keys.ring().size());
}
