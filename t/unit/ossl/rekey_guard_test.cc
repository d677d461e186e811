// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/rekey_guard.h"

#include <memory>

#include "ossl/ticket_keys.h"

#include "CppUTest/TestHarness.h"
#include "tls_pair.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;
using core::ClientRenegotiation;
using ossl::ConnectionRole;
using ossl::NewKeys;
using ossl::StreamStatus;

namespace {

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
constexpr ConnectionRole kRoles[] = {ConnectionRole::control, ConnectionRole::data};

}  // namespace

TEST_GROUP(RekeyGuard) {
  test::TemporaryFolder folder;
  ossl::BindingId binding{};
  ossl::SslCtxPtr ctx =
      std::move(ossl::build_context(test::ec_policy(folder), std::time(nullptr))->ctx);
  ossl::SslCtxPtr client;
  std::unique_ptr<test::TlsPair> pair;

  void connect(int version, ClientRenegotiation rule,
               ConnectionRole role = ConnectionRole::control) {
    client = test::client_context(version);
    pair = std::make_unique<test::TlsPair>(ctx.get(), client.get(), role, binding);
    CHECK(pair->handshake());
    pair->client_reads();
    pair->server.guard_keys(rule);
  }
  void teardown() override {
    pair.reset();
    client.reset();
  }

  /// Text both ways; the client and the server do what else they have to do meanwhile.
  bool both_talk() {
    bool works = true;
    for (int i = 0; i < 4; i++) {
      test::read_text(pair->server);
      pair->client_reads();
    }
    works = test::send_text(pair->server, "from server") && works;
    works = pair->client_reads() == "from server" && works;
    works = test::send_text(pair->client, "from client") && works;
    return test::read_text(pair->server) == "from client" && works;
  }

  StreamStatus end_of_server() {
    StreamStatus end{};
    test::read_text(pair->server, &end);
    return end;
  }

  void client_renegotiates() {
    SSL_renegotiate(pair->client.ssl());
    SSL_do_handshake(pair->client.ssl());
  }
};

TEST(RekeyGuard, AskedClientsGetNewKeysAgainAndAgain) {
  for (const int version : kVersions) {
    for (const ConnectionRole role : kRoles) {
      connect(version, ClientRenegotiation::abort, role);
      CHECK_FALSE(pair->server.new_keys_came());
      for (int i = 0; i < 3; i++) {
        CHECK(pair->server.ask_for_new_keys(NewKeys::both).ok());
        CHECK_FALSE(pair->server.new_keys_came());
        CHECK(both_talk());
        CHECK(both_talk());
        CHECK(pair->server.new_keys_came());
        CHECK_FALSE(pair->server.new_keys_came());
      }
    }
  }
}

TEST(RekeyGuard, OurOwnKeysNeedNoAnswer) {
  connect(TLS1_3_VERSION, ClientRenegotiation::abort);
  CHECK(pair->server.ask_for_new_keys(NewKeys::ours).ok());
  CHECK(pair->server.new_keys_came());
  CHECK(both_talk());
}

TEST(RekeyGuard, AskingWithATicketInTheQueueWorks) {
  connect(TLS1_3_VERSION, ClientRenegotiation::abort);
  ossl::renew_supply(pair->server.ssl());
  CHECK(pair->server.ask_for_new_keys(NewKeys::both).ok());
  ossl::renew_supply(pair->server.ssl());
  CHECK(both_talk());
  CHECK(pair->server.new_keys_came());
}

TEST(RekeyGuard, BufferedOutputSurvivesNewKeys) {
  for (const int version : kVersions) {
    connect(version, ClientRenegotiation::abort, ConnectionRole::data);
    pair->server.set_buffering(ossl::kDataBuffering);
    std::string sent;
    std::string got;
    for (int i = 0; i < 60; i++) {
      const std::string chunk(static_cast<std::size_t>(1000 + i * 700), static_cast<char>(i + 32));
      for (auto rest = test::bytes_of(chunk); !rest.empty();) {
        const auto result = pair->server.write(rest);
        rest = rest.subspan(result.bytes);
        if (result.status == StreamStatus::ok) continue;
        got += pair->client_reads();
        test::read_text(pair->server);
      }
      sent += chunk;
      if (i % 10 == 5) {
        const auto which = version == TLS1_3_VERSION ? NewKeys::ours : NewKeys::both;
        CHECK(pair->server.ask_for_new_keys(which).ok());
      }
      got += pair->client_reads();
      test::read_text(pair->server);
      (void)pair->server.new_keys_came();
    }
    for (int i = 0; i < 5; i++) {
      pair->server.flush();
      got += pair->client_reads();
      test::read_text(pair->server);
    }
    CHECK(sent == got);
  }
}

TEST(RekeyGuard, ClientsThatRenegotiateAreCutOff) {  // Q7
  for (const ConnectionRole role : kRoles) {
    connect(TLS1_2_VERSION, ClientRenegotiation::abort, role);
    client_renegotiates();
    CHECK(end_of_server() == StreamStatus::failed);
    CHECK(pair->server.broken_by_client());
    STRCMP_EQUAL("warning: client-initiated session renegotiation detected, aborting connection",
                 pair->server.error_text().c_str());
  }
}

TEST(RekeyGuard, OrRefusedAndServedOn) {
  for (const ConnectionRole role : kRoles) {
    connect(TLS1_2_VERSION, ClientRenegotiation::refuse, role);
    client_renegotiates();
    CHECK(end_of_server() == StreamStatus::want_read);
    CHECK_FALSE(pair->server.broken_by_client());
    CHECK(test::send_text(pair->server, "still here"));
  }
}

TEST(RekeyGuard, OrAllowedWithinBounds) {
  connect(TLS1_2_VERSION, ClientRenegotiation::allow);
  for (int i = 0; i < 3; i++) {
    client_renegotiates();
    CHECK(both_talk());
  }
  for (int i = 0; i < 8 && !pair->server.broken_by_client(); i++) {
    client_renegotiates();
    (void)both_talk();
  }
  CHECK(pair->server.broken_by_client());
}

TEST(RekeyGuard, AfterOurOwnRenegotiationTheRuleIsInForceAgain) {
  connect(TLS1_2_VERSION, ClientRenegotiation::abort);
  CHECK(pair->server.ask_for_new_keys(NewKeys::both).ok());
  CHECK(both_talk());
  CHECK(both_talk());
  CHECK(pair->server.new_keys_came());
  client_renegotiates();
  CHECK(end_of_server() == StreamStatus::failed);
}

TEST(RekeyGuard, AFewKeyUpdatesAreFineAndAFloodIsNot) {
  connect(TLS1_3_VERSION, ClientRenegotiation::abort);
  for (int i = 0; i < 20; i++) {
    SSL_key_update(pair->client.ssl(), SSL_KEY_UPDATE_REQUESTED);
    CHECK(both_talk());
  }
  CHECK_FALSE(pair->server.broken_by_client());
  for (int i = 0; i < 100; i++) {
    SSL_key_update(pair->client.ssl(), SSL_KEY_UPDATE_NOT_REQUESTED);
    SSL_do_handshake(pair->client.ssl());
    pair->client.flush();
  }
  CHECK(end_of_server() == StreamStatus::failed);
  CHECK(pair->server.broken_by_client());
  CHECK(pair->link.to_server.in_flight().size() > 0);  // the rest was not even read
}

TEST(RekeyGuard, WithoutAGuardNobodyCanBeAsked) {
  client = test::client_context(TLS1_3_VERSION);
  pair = std::make_unique<test::TlsPair>(ctx.get(), client.get(), ConnectionRole::control, binding);
  CHECK(pair->handshake());
  CHECK_FALSE(pair->server.ask_for_new_keys(NewKeys::both).ok());
  CHECK_FALSE(pair->server.new_keys_came());
}
