// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/message_trace.h"

#include "CppUTest/TestHarness.h"
#include "tls_pair.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

TEST_GROUP(MessageTrace) {
  test::TemporaryFolder folder;
  ossl::BindingId binding{};
  core::ServerPolicy policy = test::ec_policy(folder);
  ossl::SslCtxPtr ctx = std::move(ossl::build_context(policy, std::time(nullptr))->ctx);
  std::string told;
  std::string traced;
  ossl::MessageListener listener{[this](std::string_view line) { (told += line) += "\n"; },
                                 [this](int level, std::string_view line) {
                                   ((traced += std::to_string(level) + " ") += line) += "\n";
                                 }};

  void shake_hands(int version, std::string_view alpn = {}) {
    const auto client = test::client_context(version);
    if (!alpn.empty()) {
      SSL_CTX_set_alpn_protos(client.get(), reinterpret_cast<const unsigned char *>(alpn.data()),
                              static_cast<unsigned>(alpn.size()));
    }
    test::TlsPair pair{ctx.get(), client.get(), ossl::ConnectionRole::control, binding};
    ossl::listen_to(pair.server.ssl(), listener);
    CHECK(pair.handshake());
    ossl::tell_statistics(pair.server.ssl(), listener);
  }
};

TEST(MessageTrace, MessagesAndStatesAreTold) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    told.clear();
    shake_hands(version);
    STRCMP_CONTAINS("[info] before: before SSL initialization (HANDSHAKE_START)\n", told.c_str());
    STRCMP_CONTAINS("'ClientHello' Handshake message (", told.c_str());
    STRCMP_CONTAINS("[msg]   cipher_suites (", told.c_str());
    STRCMP_CONTAINS("[info] accepting: SSLv3/TLS read client hello\n", told.c_str());
    STRCMP_CONTAINS("'Finished' Handshake message (", told.c_str());
    STRCMP_CONTAINS("[msg] sent protocol record message (content type = 22, len = ", told.c_str());
    STRCMP_CONTAINS("(HANDSHAKE_DONE)\n", told.c_str());
    STRCMP_CONTAINS("[stat]: SSL/TLS sessions attempted: ", told.c_str());
  }
}

TEST(MessageTrace, ExtensionsAndNamesOfProtocolsAreTraced) {
  shake_hands(TLS1_3_VERSION,
              "\x03"
              "ftp\x08http/1.1");
  STRCMP_CONTAINS("6 [tls.tlsext] TLS client extension \"supported_versions\" (ID 43, 3 bytes)\n",
                  traced.c_str());
  STRCMP_CONTAINS("9 client offers by ALPN: 'ftp', 'http/1.1'\n", traced.c_str());
  STRCMP_CONTAINS("9 server selected by ALPN: 'ftp'\n", traced.c_str());
  STRCMP_CONTAINS("27 received TLSv1.3 'ClientHello' Handshake message (", traced.c_str());
  STRCMP_CONTAINS("17 accepting: ", traced.c_str());
}

TEST(MessageTrace, EmptyListenersHearNothing) {
  listener = {};
  shake_hands(TLS1_3_VERSION);
  STRCMP_EQUAL("", (told + traced).c_str());
}
