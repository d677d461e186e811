// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/client_hello.h"

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
  for (const Case &c : cases) CHECK(c.newest == ossl::newest_in(c.extension));
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
