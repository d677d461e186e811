// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/session_binding.h"

#include <unistd.h>

#include <algorithm>

#include "ossl/ticket_keys.h"

#include "CppUTest/TestHarness.h"
#include "tls_pair.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;
using core::ReuseVerdict;
using ossl::BindingId;
using ossl::ConnectionRole;
using ossl::SslSessionPtr;

namespace {

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

}  // namespace

TEST_GROUP(SessionBinding) {
  test::TemporaryFolder folder;
  ossl::TicketKeys keys;
  core::ServerPolicy policy = test::ec_policy(folder);
  ossl::SslCtxPtr ctx = std::move(ossl::build_context(policy, std::time(nullptr))->ctx);
  ossl::SslCtxPtr client;
  std::vector<SslSessionPtr> sessions;
  std::vector<std::unique_ptr<BindingId>> bindings;

  void teardown() override {
    sessions.clear();
    client.reset();
  }

  void share_ticket_keys(SSL_CTX * with) {
    keys.apply_to(with);
    CHECK(keys.configure({}, core::TicketTime{std::chrono::seconds{std::time(nullptr)}}).ok());
  }

  /// Rebuilds the context so that TLS 1.2 gets tickets, too.
  void issue_tickets() {
    policy.session_tickets = true;
    ctx = std::move(ossl::build_context(policy, std::time(nullptr))->ctx);
    share_ticket_keys(ctx.get());
  }

  void use_version(int version) {
    sessions.clear();
    client = test::client_context(version);
    test::collect_sessions(client.get(), sessions);
  }

  BindingId &new_binding() {
    bindings.push_back(std::make_unique<BindingId>(*ossl::make_binding()));
    return *bindings.back();
  }

  /// A control connection whose handshake is done and whose client has read its tickets.
  std::unique_ptr<test::TlsPair> control(BindingId & binding,
                                         const SSL_SESSION *offered = nullptr) {
    auto pair = std::make_unique<test::TlsPair>(ctx.get(), client.get(), ConnectionRole::control,
                                                binding, offered);
    CHECK(pair->handshake());
    ossl::adopt_binding(pair->server.ssl(), binding);
    CHECK(test::send_text(pair->server, "230 ok"));
    STRCMP_EQUAL("230 ok", pair->client_reads().c_str());
    return pair;
  }

  std::unique_ptr<test::TlsPair> data(const BindingId &binding, const SSL_SESSION *offered) {
    auto pair = std::make_unique<test::TlsPair>(ctx.get(), client.get(), ConnectionRole::data,
                                                binding, offered);
    CHECK(pair->handshake());
    return pair;
  }

  ReuseVerdict judge(const BindingId &binding, const test::TlsPair &pair) {
    return core::judge_reuse({.required = true,
                              .resumed = pair.resumed(),
                              .control = binding,
                              .data = ossl::carried_binding(pair.server.ssl())});
  }

  ReuseVerdict offer(const BindingId &binding, const SslSessionPtr &session) {
    return judge(binding, *data(binding, session.get()));
  }
};

TEST(SessionBinding, BindingsAreRandom) {
  const auto one = ossl::make_binding();
  const auto two = ossl::make_binding();
  CHECK(one.ok() && two.ok());
  CHECK(one.value() != two.value());
  CHECK(one.value() != BindingId{});
}

TEST(SessionBinding, TheSessionOfTheControlConnectionIsAcceptedManyTimes) {
  for (const int version : kVersions) {
    use_version(version);
    BindingId &binding = new_binding();
    const auto pair = control(binding);
    for (int i = 0; i < 20; i++) {
      CHECK(offer(binding, sessions.front()) == ReuseVerdict::accepted);
    }
  }
}

TEST(SessionBinding, EveryTicketOfAControlConnectionIsAccepted) {
  use_version(TLS1_3_VERSION);
  BindingId &binding = new_binding();
  const auto pair = control(binding);
  UNSIGNED_LONGS_EQUAL(2, sessions.size());
  for (std::size_t i = 3; i < 10; i++) {
    ossl::renew_supply(pair->server.ssl());
    CHECK(test::send_text(pair->server, "226 done"));
    STRCMP_EQUAL("226 done", pair->client_reads().c_str());
    UNSIGNED_LONGS_EQUAL(i, sessions.size());
  }
  for (const SslSessionPtr &session : sessions) {
    CHECK(offer(binding, session) == ReuseVerdict::accepted);
  }
}

TEST(SessionBinding, AFullHandshakeIsNotResumed) {
  for (const int version : kVersions) {
    use_version(version);
    BindingId &binding = new_binding();
    const auto pair = control(binding);
    CHECK(judge(binding, *data(binding, nullptr)) == ReuseVerdict::not_resumed);
  }
}

TEST(SessionBinding, ASessionOfAnotherControlConnectionIsTold) {
  for (const int version : kVersions) {
    use_version(version);
    BindingId &mine = new_binding();
    const auto my_pair = control(mine);
    BindingId &theirs = new_binding();
    const auto their_pair = control(theirs);
    CHECK(offer(mine, sessions.back()) == ReuseVerdict::other_session);
    CHECK(offer(theirs, sessions.back()) == ReuseVerdict::accepted);
    CHECK(offer(mine, sessions.front()) == ReuseVerdict::accepted);
    CHECK(offer(theirs, sessions.front()) == ReuseVerdict::other_session);
  }
}

TEST(SessionBinding, DataConnectionsIssueNothing) {
  for (const int version : kVersions) {
    use_version(version);
    BindingId &binding = new_binding();
    const auto pair = control(binding);
    const std::size_t before = sessions.size();
    for (const SSL_SESSION *offered :
         {sessions.front().get(), static_cast<SSL_SESSION *>(nullptr)}) {
      const auto transfer = data(binding, offered);
      CHECK(test::send_text(transfer->server, "listing"));
      STRCMP_EQUAL("listing", transfer->client_reads().c_str());
      if (version == TLS1_3_VERSION) UNSIGNED_LONGS_EQUAL(before, sessions.size());
    }
    CHECK(offer(binding, sessions.front()) == ReuseVerdict::accepted);
  }
}

TEST(SessionBinding, FullDataHandshakesDoNotFillTheCache) {
  use_version(TLS1_2_VERSION);
  BindingId &binding = new_binding();
  const auto pair = control(binding);
  const SslSessionPtr session{SSL_SESSION_dup(sessions.front().get())};
  for (int i = 0; i < 100; i++) (void)data(binding, nullptr);
  LONGS_EQUAL(1, SSL_CTX_sess_number(ctx.get()));
  CHECK(offer(binding, session) == ReuseVerdict::accepted);
}

TEST(SessionBinding, AnUncleanDataConnectionLeavesTheSessionAlone) {
  for (const int version : kVersions) {
    use_version(version);
    BindingId &binding = new_binding();
    const auto pair = control(binding);
    {
      const auto transfer = data(binding, sessions.front().get());
      CHECK(test::send_text(transfer->client, "half a file"));
      transfer->link.to_server.closed = true;
      ossl::StreamStatus end{};
      STRCMP_EQUAL("half a file", test::read_text(transfer->server, &end).c_str());
      CHECK(end == ossl::StreamStatus::truncated);
    }
    CHECK(offer(binding, sessions.front()) == ReuseVerdict::accepted);
  }
}

TEST(SessionBinding, AFatalAlertOnADataConnectionIsMendedByTheNextSupply) {
  for (const int version : kVersions) {
    use_version(version);
    BindingId &binding = new_binding();
    const auto pair = control(binding);
    for (int round = 0; round < 3; round++) {
      {
        const auto transfer = data(binding, sessions.front().get());
        CHECK(test::send_text(transfer->client, "spoilt"));
        transfer->link.to_server.in_flight().back() ^= std::byte{1};
        ossl::StreamStatus end{};
        test::read_text(transfer->server, &end);
        CHECK(end == ossl::StreamStatus::failed);
      }
      ossl::renew_supply(pair->server.ssl());
      const auto next = data(binding, sessions.front().get());
      CHECK(judge(binding, *next) == ReuseVerdict::accepted);
      // With TLS 1.3, data connections mark their own copy.
      if (version == TLS1_2_VERSION) {
        CHECK(SSL_SESSION_is_resumable(SSL_get_session(next->server.ssl())));
      }
    }
  }
}

TEST(SessionBinding, ATls12SessionLivesAsLongAsItIsRenewed) {
  use_version(TLS1_2_VERSION);
  BindingId &binding = new_binding();
  const auto pair = control(binding);
  SSL_SESSION *session = SSL_get_session(pair->server.ssl());
  SSL_SESSION_set_time(session, std::time(nullptr) - SSL_SESSION_get_timeout(session) - 10);
  ossl::renew_supply(pair->server.ssl());
  CHECK(offer(binding, sessions.front()) == ReuseVerdict::accepted);
}

TEST(SessionBinding, AnExpiredTls12SessionIsNotResumed) {
  use_version(TLS1_2_VERSION);
  BindingId &binding = new_binding();
  const auto pair = control(binding);
  SSL_SESSION *session = SSL_get_session(pair->server.ssl());
  SSL_SESSION_set_time(session, std::time(nullptr) - SSL_SESSION_get_timeout(session) - 10);
  CHECK(offer(binding, sessions.front()) == ReuseVerdict::not_resumed);
}

TEST(SessionBinding, AResumedControlConnectionOfTls13HasABindingOfItsOwn) {
  use_version(TLS1_3_VERSION);
  BindingId &first = new_binding();
  const auto first_pair = control(first);
  const SslSessionPtr ancestor{SSL_SESSION_dup(sessions.back().get())};
  sessions.clear();
  BindingId &second = new_binding();
  const BindingId before = second;
  const auto second_pair = control(second, ancestor.get());
  CHECK(second_pair->resumed());
  CHECK(before == second);
  UNSIGNED_LONGS_EQUAL(2, sessions.size());
  for (const SslSessionPtr &session : sessions) {
    CHECK(offer(second, session) == ReuseVerdict::accepted);
    CHECK(offer(first, session) == ReuseVerdict::other_session);
  }
  CHECK(offer(second, ancestor) == ReuseVerdict::other_session);
}

TEST(SessionBinding, AResumedControlConnectionOfTls12TakesTheBindingOver) {
  use_version(TLS1_2_VERSION);
  BindingId &first = new_binding();
  const auto first_pair = control(first);
  BindingId &second = new_binding();
  const auto second_pair = control(second, sessions.front().get());
  CHECK(second_pair->resumed());
  CHECK(first == second);
  CHECK(offer(second, sessions.front()) == ReuseVerdict::accepted);
}

TEST(SessionBinding, ASessionOfTls12ThatIsResumedAtItsEndServesItsDataConnections) {
  use_version(TLS1_2_VERSION);
  BindingId &binding = new_binding();
  const auto first_pair = control(binding);
  SSL_SESSION *session = SSL_get_session(first_pair->server.ssl());
  SSL_SESSION_set_time(session, std::time(nullptr) - SSL_SESSION_get_timeout(session) + 30);
  const auto second_pair = control(binding, sessions.front().get());
  CHECK(second_pair->resumed());
  session = SSL_get_session(second_pair->server.ssl());
  CHECK(SSL_SESSION_get_time(session) >= std::time(nullptr) - 10);
  CHECK(offer(binding, sessions.front()) == ReuseVerdict::accepted);
}

TEST(SessionBinding, ASpoiltTicketMeansAFullHandshake) {
  use_version(TLS1_3_VERSION);
  BindingId &binding = new_binding();
  const auto pair = control(binding);
  std::mt19937 random{11};
  for (int i = 0; i < 300; i++) {
    test::TlsPair transfer(ctx.get(), client.get(), ConnectionRole::data, binding,
                           sessions.front().get());
    // A ticket under other keys is what a spoilt one looks like; the hello itself stays whole.
    std::vector<unsigned char> other(80);
    for (unsigned char &byte : other) byte = static_cast<unsigned char>(random());
    SSL_CTX_set_tlsext_ticket_keys(ctx.get(), other.data(), static_cast<long>(other.size()));
    CHECK(transfer.handshake());
    CHECK(judge(binding, transfer) == ReuseVerdict::not_resumed);
  }
}

TEST(SessionBinding, TicketGarbageOfAnyLengthMeansAFullHandshake) {
  for (const ConnectionRole role : {ConnectionRole::control, ConnectionRole::data}) {
    use_version(TLS1_3_VERSION);
    BindingId &binding = new_binding();
    const auto pair = control(binding);
    const unsigned char *ticket = nullptr;
    std::size_t size = 0;
    SSL_SESSION_get0_ticket(sessions.front().get(), &ticket, &size);
    const std::vector<unsigned char> real(ticket, ticket + size);
    for (std::size_t i = 0; i < size; i++) {
      test::TlsPair transfer(ctx.get(), client.get(), role, binding, sessions.front().get());
      SSL_do_handshake(transfer.client.ssl());
      const auto hello = transfer.link.to_server.in_flight();
      const auto *found = std::search(hello.data(), hello.data() + hello.size(),
                                      reinterpret_cast<const std::byte *>(real.data()),
                                      reinterpret_cast<const std::byte *>(real.data()) + size);
      CHECK(found != hello.data() + hello.size());
      hello[static_cast<std::size_t>(found - hello.data()) + i] ^= std::byte{0x40};
      // The client's transcript differs from the server's, so it ends in an alert, but never in
      // resuming, and never because of the ticket.
      transfer.handshake();
      CHECK_FALSE(transfer.resumed());
    }
  }
}

TEST(SessionBinding, SessionsOfOnePolicyAreStrangeToAnother) {  // Q1
  core::ServerPolicy strict = policy;
  strict.verify_depth = 3;
  share_ticket_keys(ctx.get());
  const auto other = std::move(ossl::build_context(strict, std::time(nullptr))->ctx);
  share_ticket_keys(other.get());
  use_version(TLS1_3_VERSION);
  BindingId &binding = new_binding();
  const auto pair = control(binding);
  test::TlsPair elsewhere(other.get(), client.get(), ConnectionRole::control, binding,
                          sessions.front().get());
  CHECK(elsewhere.handshake());
  CHECK_FALSE(elsewhere.resumed());
}

TEST(SessionBinding, AReplacedContextOpensTheTicketsOfItsPredecessor) {
  share_ticket_keys(ctx.get());
  const auto successor = std::move(ossl::build_context(policy, std::time(nullptr))->ctx);
  use_version(TLS1_3_VERSION);
  BindingId &binding = new_binding();
  const auto pair = control(binding);
  for (const bool shared : {false, true}) {
    if (shared) share_ticket_keys(successor.get());
    test::TlsPair again(successor.get(), client.get(), ConnectionRole::control, binding,
                        sessions.front().get());
    CHECK(again.handshake());
    CHECK_EQUAL(shared, again.resumed());
  }
}

TEST(SessionBinding, WithoutACacheTls12IsNeverResumed) {
  policy.session_cache.kind = core::SessionCachePolicy::Kind::off;
  ctx = std::move(ossl::build_context(policy, std::time(nullptr))->ctx);
  use_version(TLS1_2_VERSION);
  BindingId &binding = new_binding();
  const auto pair = control(binding);
  CHECK(judge(binding, *data(binding, pair->client_session().get())) == ReuseVerdict::not_resumed);
}

TEST(SessionBinding, TicketsOfTls12FollowTheRuleToo) {
  issue_tickets();
  use_version(TLS1_2_VERSION);
  BindingId &mine = new_binding();
  const auto my_pair = control(mine);
  BindingId &theirs = new_binding();
  const auto their_pair = control(theirs);
  UNSIGNED_LONGS_EQUAL(2, sessions.size());
  for (const auto &session : sessions) CHECK(SSL_SESSION_has_ticket(session.get()));
  for (int i = 0; i < 5; i++) {
    CHECK(offer(mine, sessions.front()) == ReuseVerdict::accepted);
    CHECK(offer(mine, sessions.back()) == ReuseVerdict::other_session);
    CHECK(offer(theirs, sessions.back()) == ReuseVerdict::accepted);
  }
  UNSIGNED_LONGS_EQUAL(2, sessions.size());  // none of a data connection
}

TEST(SessionBinding, AnOldTicketServesItsOwnControlConnectionOnly) {
  issue_tickets();
  use_version(TLS1_2_VERSION);
  SSL_CTX_set_timeout(ctx.get(), 1);
  BindingId &mine = new_binding();
  const auto pair = control(mine);
  const SslSessionPtr ticket{SSL_SESSION_dup(sessions.front().get())};
  while (std::time(nullptr) <= SSL_SESSION_get_time(ticket.get()) + 1) ::usleep(20000);
  CHECK(offer(mine, ticket) == ReuseVerdict::accepted);
  CHECK(offer(new_binding(), ticket) == ReuseVerdict::not_resumed);
  test::TlsPair again(ctx.get(), client.get(), ConnectionRole::control, mine, ticket.get());
  CHECK(again.handshake());
  CHECK_FALSE(again.resumed());
}

TEST(SessionBinding, RenewingASessionInATicketDoesNotFillTheCache) {
  issue_tickets();
  use_version(TLS1_2_VERSION);
  BindingId &binding = new_binding();
  const auto pair = control(binding);
  for (int i = 0; i < 3; i++) ossl::renew_supply(pair->server.ssl());
  LONGS_EQUAL(0, SSL_CTX_sess_number(ctx.get()));
  CHECK(offer(binding, sessions.front()) == ReuseVerdict::accepted);
}
