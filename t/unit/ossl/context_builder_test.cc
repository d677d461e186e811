// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/context_builder.h"

#include "CppUTest/TestHarness.h"
#include "tls_pair.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

TEST_GROUP(ContextBuilder) {
  test::TemporaryFolder folder;
  ossl::BindingId binding{};
  core::ServerPolicy policy = test::ec_policy(folder);

  ossl::SslCtxPtr built() {
    auto result = ossl::build_context(policy, std::time(nullptr));
    STRCMP_EQUAL("", result ? "" : result.error().message.c_str());
    return std::move(result->ctx);
  }

  std::string failure() {
    auto result = ossl::build_context(policy, std::time(nullptr));
    return result ? "none" : result.error().message;
  }

  std::string cipher(const char *client_ciphers, int version) {
    const auto ctx = built();
    const auto client = test::client_context(version);
    SSL_CTX_set_cipher_list(client.get(), client_ciphers);
    test::TlsPair pair(ctx.get(), client.get(), ossl::ConnectionRole::control, binding);
    return pair.handshake() ? SSL_get_cipher_name(pair.client.ssl()) : "none";
  }
};

TEST(ContextBuilder, TheContextNeedsNoFileAfterwards) {
  const auto ctx = built();
  folder.write("ec.crt", "gone");
  folder.write("ec.key", "gone");
  const auto client = test::client_context(0);
  test::TlsPair pair(ctx.get(), client.get(), ossl::ConnectionRole::control, binding);
  CHECK(pair.handshake());
}

TEST(ContextBuilder, TheServersOrderOfCiphersCounts) {
  policy.ciphers.legacy = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
  STRCMP_EQUAL("ECDHE-ECDSA-AES128-GCM-SHA256",
               cipher("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256", TLS1_2_VERSION)
                   .c_str());
}

TEST(ContextBuilder, TheClientsOrderCountsIfThatIsWanted) {
  policy.ciphers.legacy = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
  policy.server_chooses_cipher = false;
  STRCMP_EQUAL("ECDHE-ECDSA-AES256-GCM-SHA384",
               cipher("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256", TLS1_2_VERSION)
                   .c_str());
}

TEST(ContextBuilder, Tls13SuitesAreSetApart) {
  policy.ciphers.tls13 = "TLS_CHACHA20_POLY1305_SHA256";
  STRCMP_EQUAL("TLS_CHACHA20_POLY1305_SHA256", cipher("ALL", TLS1_3_VERSION).c_str());
}

TEST(ContextBuilder, UnusableCipherListsNameTheirDirective) {
  policy.ciphers.legacy = "NO-SUCH";
  STRCMP_CONTAINS("TLSCipherSuite: unable to use ciphersuite 'NO-SUCH:!EXPORT'", failure().c_str());
  policy.ciphers = {};
  policy.ciphers.tls13 = "NO_SUCH";
  STRCMP_CONTAINS("TLSCipherSuite: unable to use ciphersuite 'NO_SUCH'", failure().c_str());
}

TEST(ContextBuilder, SessionsFollowTheCachePolicy) {
  policy.session_cache.timeout = std::chrono::seconds{1234};
  const auto internal = built();
  LONGS_EQUAL(1234, SSL_CTX_get_timeout(internal.get()));
  LONGS_EQUAL(SSL_SESS_CACHE_SERVER, SSL_CTX_get_session_cache_mode(internal.get()));
  policy.session_cache.kind = core::SessionCachePolicy::Kind::off;
  LONGS_EQUAL(SSL_SESS_CACHE_OFF, SSL_CTX_get_session_cache_mode(built().get()));
}

TEST(ContextBuilder, ClientsCannotRenegotiateOrCompress) {
  const auto ctx = built();
  const std::uint64_t options = SSL_CTX_get_options(ctx.get());
  for (const std::uint64_t option :
       {SSL_OP_NO_RENEGOTIATION, SSL_OP_NO_COMPRESSION, SSL_OP_CIPHER_SERVER_PREFERENCE,
        SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION}) {
    CHECK((options & option) != 0);
  }
  CHECK((options & SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS) == 0);
  CHECK((options & SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION) == 0);
}

TEST(ContextBuilder, ARenegotiatingClientIsRefusedAndServedOn) {
  const auto ctx = built();
  const auto client = test::client_context(TLS1_2_VERSION);
  test::TlsPair pair(ctx.get(), client.get(), ossl::ConnectionRole::control, binding);
  CHECK(pair.handshake());
  SSL_renegotiate(pair.client.ssl());
  SSL_do_handshake(pair.client.ssl());
  ossl::StreamStatus end{};
  STRCMP_EQUAL("", test::read_text(pair.server, &end).c_str());
  CHECK(end == ossl::StreamStatus::want_read);
}

TEST(ContextBuilder, WatchedFilesAreTheOnesThePolicyNamesEachOnce) {
  core::ServerPolicy other;
  CHECK(ossl::watched_files(other).empty());
  other.rsa = {"/rsa", ""};
  other.ec = {"/ec", "/ec.key"};
  other.chain_file = "/chain";
  other.ca_file = "/chain";
  other.ca_path = "/ca.d";
  const std::vector<std::string> expected{"/ec", "/ec.key", "/rsa", "/chain", "/ca.d"};
  CHECK(expected == ossl::watched_files(other));
}
