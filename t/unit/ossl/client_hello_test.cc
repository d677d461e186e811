// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/client_hello.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <string>
#include <utility>
#include <vector>

#include "CppUTest/TestHarness.h"
#include "tls_pair.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;
using core::Protocol;

namespace {

struct Case {
  std::vector<std::uint8_t> extension;
  std::optional<Protocol> newest;
};

std::optional<Protocol> newest_in(const std::vector<std::uint8_t> &extension) {
  const core::ProtocolSet offered = ossl::offered_versions(extension, 0);
  if (offered.empty()) return {};
  return offered.highest();
}

}  // namespace

TEST_GROUP(ClientHello) {
  test::TemporaryFolder folder;
  ossl::BindingId binding{};
};

TEST(ClientHello, TheNewestVersionOfTheExtensionCounts) {
  const Case cases[] = {
      {{2, 3, 4}, Protocol::tlsv1_3},
      {{4, 3, 3, 3, 4}, Protocol::tlsv1_3},
      {{6, 3, 4, 3, 1, 3, 2}, Protocol::tlsv1_3},
      {{4, 3, 1, 3, 2}, Protocol::tlsv1_1},
      {{4, 0x1a, 0x1a, 3, 3}, Protocol::tlsv1_2},  // GREASE (RFC 8701)
      {{2, 3, 0}, Protocol::sslv3},
      {{2, 3, 5}, {}},
      {{2, 2, 0xff}, {}},
      {{0}, {}},
      {{}, {}},
      {{4, 3, 4}, {}},     // says more than there is
      {{2, 3, 4, 3}, {}},  // there is more than it says
      {{3, 3, 4, 3}, {}},  // half a version
  };
  for (const Case &c : cases) CHECK(c.newest == newest_in(c.extension));
}

TEST(ClientHello, OfferedAreTheVersionsOfTheExtensionOrThoseUpToTheLegacyOne) {
  using core::ProtocolSet;
  const ProtocolSet upto12{Protocol::sslv3, Protocol::tlsv1, Protocol::tlsv1_1, Protocol::tlsv1_2};
  const std::vector<std::uint8_t> none;
  CHECK(ossl::offered_versions(none, TLS1_2_VERSION) == upto12);
  CHECK(ossl::offered_versions(none, TLS1_3_VERSION) == upto12);
  CHECK((ossl::offered_versions(none, TLS1_VERSION) ==
         ProtocolSet{Protocol::sslv3, Protocol::tlsv1}));
  CHECK(ossl::offered_versions(none, 0x0200).empty());
  const std::vector<std::uint8_t> list{6, 0x1a, 0x1a, 3, 4, 3, 2};
  CHECK((ossl::offered_versions(list, TLS1_2_VERSION) ==
         ProtocolSet{Protocol::tlsv1_1, Protocol::tlsv1_3}));
  const std::vector<std::uint8_t> malformed{4, 3, 4};
  CHECK(ossl::offered_versions(malformed, TLS1_2_VERSION).empty());
}

TEST(ClientHello, NothingWasOfferedBeforeTheHello) {
  auto built = ossl::build_context(test::ec_policy(folder), std::time(nullptr));
  const ossl::SslPtr ssl{SSL_new(built->ctx.get())};
  CHECK_FALSE(ossl::offered_protocol(ssl.get()).has_value());
}

TEST(ClientHello, WhatTheClientOfferedIsKnownAfterwards) {
  auto built = ossl::build_context(test::ec_policy(folder), std::time(nullptr));
  for (const auto &[version, protocol] :
       {std::pair{TLS1_2_VERSION, Protocol::tlsv1_2}, {TLS1_3_VERSION, Protocol::tlsv1_3}}) {
    const auto client = test::client_context(version);
    test::TlsPair pair(built->ctx.get(), client.get(), ossl::ConnectionRole::control, binding);
    CHECK(pair.handshake());
    CHECK(ossl::offered_protocol(pair.server.ssl()) == protocol);
  }
}

TEST(ClientHello, ClientsOfTls12GetNoTicket) {  // Q4
  auto built = ossl::build_context(test::ec_policy(folder), std::time(nullptr));
  const auto client = test::client_context(TLS1_2_VERSION);
  test::TlsPair pair(built->ctx.get(), client.get(), ossl::ConnectionRole::control, binding);
  CHECK(pair.handshake());
  const auto session = pair.client_session();
  CHECK_FALSE(SSL_SESSION_has_ticket(session.get()));
  unsigned size = 0;
  SSL_SESSION_get_id(session.get(), &size);
  UNSIGNED_LONGS_EQUAL(32, size);
}

TEST(ClientHello, ClientsOfBothVersionsGetNoTicketFromAServerOfTls12) {
  core::ServerPolicy policy = test::ec_policy(folder);
  policy.protocols = {Protocol::tlsv1_2};
  auto built = ossl::build_context(policy, std::time(nullptr));
  const auto client = test::client_context(0);
  test::TlsPair pair(built->ctx.get(), client.get(), ossl::ConnectionRole::control, binding);
  CHECK(pair.handshake());
  STRCMP_EQUAL("TLSv1.2", SSL_get_version(pair.client.ssl()));
  CHECK_FALSE(SSL_SESSION_has_ticket(pair.client_session().get()));
}

TEST(ClientHello, ClientsOfTls13DoGetTickets) {
  auto built = ossl::build_context(test::ec_policy(folder), std::time(nullptr));
  const auto client = test::client_context(0);
  std::vector<ossl::SslSessionPtr> sessions;
  test::collect_sessions(client.get(), sessions);
  test::TlsPair pair(built->ctx.get(), client.get(), ossl::ConnectionRole::control, binding);
  CHECK(pair.handshake());
  pair.client_reads();
  UNSIGNED_LONGS_EQUAL(2, sessions.size());
}

// ---- the name of a server -----------------------------------------------------------------------

namespace {

using Action = core::ServerNameDecision::Action;

/// A handshake whose client says `name`, and what a hook with a fixed answer was asked.
struct NamedHandshake {
  NamedHandshake(SSL_CTX *server_ctx, int version, const char *name,
                 core::ServerNameDecision decision)
      : answer(std::move(decision)),
        client(test::client_context(version)),
        pair(server_ctx, client.get(), ossl::ConnectionRole::control, binding) {
    if (name != nullptr) SSL_set_tlsext_host_name(pair.client.ssl(), name);
    ossl::set_name_hook(pair.server.ssl(), hook);
    pair.server.remember_input();
  }

  core::ServerNameDecision answer;
  std::vector<std::string> asked;
  core::ProtocolSet offered;
  ossl::NameHook hook = [this](const ossl::HelloFacts &hello) {
    asked.emplace_back(hello.server_name);
    offered = hello.offered;
    return answer;
  };
  ossl::BindingId binding{};
  ossl::SslCtxPtr client;
  test::TlsPair pair;
};

}  // namespace

TEST(ClientHello, TheHookIsAskedOnceAndSeesTheName) {
  auto built = ossl::build_context(test::ec_policy(folder), std::time(nullptr));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    NamedHandshake h(built->ctx.get(), version, "a.test", {.action = Action::accept});
    CHECK(h.pair.handshake());
    LONGS_EQUAL(1, h.asked.size());
    STRCMP_EQUAL("a.test", h.asked[0].c_str());
    const Protocol only = version == TLS1_2_VERSION ? Protocol::tlsv1_2 : Protocol::tlsv1_3;
    CHECK(h.offered.contains(only));
  }
}

TEST(ClientHello, WithoutSniTheNameIsEmpty) {
  auto built = ossl::build_context(test::ec_policy(folder), std::time(nullptr));
  NamedHandshake h(built->ctx.get(), 0, nullptr, {});
  CHECK(h.pair.handshake());
  LONGS_EQUAL(1, h.asked.size());
  CHECK(h.asked[0].empty());
}

TEST(ClientHello, TheHookIsNotAskedAgainAfterAHelloRetryRequest) {
  core::ServerPolicy policy = test::ec_policy(folder);
  policy.groups = "P-384";
  auto built = ossl::build_context(policy, std::time(nullptr));
  NamedHandshake h(built->ctx.get(), TLS1_3_VERSION, "a.test", {.action = Action::accept});
  SSL_set1_groups_list(h.pair.client.ssl(), "X25519:P-384");
  CHECK(h.pair.handshake());
  LONGS_EQUAL(1, h.asked.size());
}

TEST(ClientHello, ARefusedNameIsTheAlertOfTheDecision) {
  auto built = ossl::build_context(test::ec_policy(folder), std::time(nullptr));
  const std::pair<core::NameAlert, int> alerts[] = {
      {core::NameAlert::access_denied, SSL_R_TLSV1_ALERT_ACCESS_DENIED},
      {core::NameAlert::protocol_version, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION},
      {core::NameAlert::unrecognized_name, SSL_R_TLSV1_UNRECOGNIZED_NAME}};
  for (const auto &[alert, reason] : alerts) {
    NamedHandshake h(built->ctx.get(), 0, "a.test", {.action = Action::reject, .alert = alert});
    CHECK_FALSE(h.pair.handshake());
    CHECK(h.pair.server_result.step == ossl::Step::failed);
    ERR_clear_error();
    CHECK(SSL_do_handshake(h.pair.client.ssl()) != 1);
    LONGS_EQUAL(reason, ERR_GET_REASON(ERR_peek_error()));
  }
}

TEST(ClientHello, AnotherServerTakesTheHandshakeOverFromItsFirstByte) {
  auto first = ossl::build_context(test::ec_policy(folder), std::time(nullptr));
  core::ServerPolicy policy = test::ec_policy(folder);
  policy.protocols = {Protocol::tlsv1_2};
  auto second = ossl::build_context(policy, std::time(nullptr));
  for (const int version : {0, TLS1_2_VERSION}) {
    NamedHandshake h(first->ctx.get(), version, "b.test", {.action = Action::switch_server});
    CHECK_FALSE(h.pair.handshake());
    CHECK(h.pair.server_result.step == ossl::Step::other_server);
    ossl::SslPtr ssl{SSL_new(second->ctx.get())};
    CHECK_TRUE(ossl::prepare_connection(ssl.get(), ossl::ConnectionRole::control, h.binding));
    h.pair.server.restart(std::move(ssl));
    h.pair.server_result = {ossl::Step::want_read};
    CHECK(h.pair.handshake());
    h.pair.server.forget_input();
    STRCMP_EQUAL("TLSv1.2", SSL_get_version(h.pair.client.ssl()));
    CHECK(SSL_get_SSL_CTX(h.pair.server.ssl()) == second->ctx.get());
    CHECK(test::send_text(h.pair.client, "hello"));
    STRCMP_EQUAL("hello", test::read_text(h.pair.server).c_str());
    LONGS_EQUAL(1, h.asked.size());
  }
}

TEST(ClientHello, AnotherServerMayAskForAHelloRetryRequest) {
  auto first = ossl::build_context(test::ec_policy(folder), std::time(nullptr));
  core::ServerPolicy policy = test::ec_policy(folder);
  policy.groups = "P-384";
  auto second = ossl::build_context(policy, std::time(nullptr));
  NamedHandshake h(first->ctx.get(), TLS1_3_VERSION, "b.test", {.action = Action::switch_server});
  SSL_set1_groups_list(h.pair.client.ssl(), "X25519:P-384");
  CHECK_FALSE(h.pair.handshake());
  ossl::SslPtr ssl{SSL_new(second->ctx.get())};
  CHECK_TRUE(ossl::prepare_connection(ssl.get(), ossl::ConnectionRole::control, h.binding));
  h.pair.server.restart(std::move(ssl));
  h.pair.server_result = {ossl::Step::want_read};
  CHECK(h.pair.handshake());
}
