// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/handshake_text.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

namespace {

using Message = std::vector<std::uint8_t>;

void append(Message &to, const Message &from) {
  to.insert(to.end(), from.begin(), from.end());
}

Message block(std::size_t length_bytes, const Message &body) {
  Message all;
  for (std::size_t i = length_bytes; i > 0; i--) {
    all.push_back(static_cast<std::uint8_t>(body.size() >> (8 * (i - 1))));
  }
  append(all, body);
  return all;
}

Message message(std::uint8_t type, const Message &body) {
  Message all{type};
  append(all, block(3, body));
  return all;
}

Message alpn() {
  Message body{0, 16};
  append(body, block(2, block(2, {3, 'f', 't', 'p', 4, 'a', '\n', 'b', 'c'})));
  return body;
}

Message client_hello() {
  Message body{3, 3};
  append(body, Message(32, 0xab));
  append(body, block(1, {1, 2}));
  append(body, block(2, {0x13, 0x02, 0xff, 0xff}));
  append(body, block(1, {0}));
  append(body, block(2, alpn()));
  return message(1, body);
}

std::string names(std::uint16_t number) {
  return number == 0x1302 ? "TLS_AES_256_GCM_SHA384" : "";
}

std::string described(const Message &bytes, bool tls13 = false) {
  std::string text;
  for (const std::string &line : describe_message({bytes, tls13}, names)) text += line + "\n";
  return text;
}

}  // namespace

TEST_GROUP(HandshakeText){};

TEST(HandshakeText, AClientHelloIsDescribed) {
  STRCMP_EQUAL(("ClientHello:\n"
                "  client_version = TLS 1.2 (0x0303)\n"
                "  random (32 bytes) = " +
                std::string("abababababababababababababababababababababababababababababababab\n") +
                "  session_id (2 bytes) = 0102\n"
                "  cipher_suites (4 bytes)\n"
                "    TLS_AES_256_GCM_SHA384 (0x1302)\n"
                "    (unknown) (0xFFFF)\n"
                "  compression_methods (1 byte)\n"
                "  extensions (15 bytes)\n"
                "    extension_type = application_layer_protocol_negotiation (11 bytes)\n")
                   .c_str(),
               described(client_hello()).c_str());
}

TEST(HandshakeText, AServerHelloIsDescribed) {
  Message body{3, 3};
  append(body, Message(32, 0));
  append(body, {0, 0x13, 0x02, 0});
  STRCMP_CONTAINS("  cipher_suite\n    TLS_AES_256_GCM_SHA384 (0x1302)\n",
                  described(message(2, body)).c_str());
}

TEST(HandshakeText, TicketsAreNotShown) {
  Message body{0, 0, 0x0e, 0x10};
  append(body, block(2, Message(10, 0xcd)));
  STRCMP_EQUAL("NewSessionTicket:\n  ticket_lifetime = 3600 s\n  ticket (10 bytes)\n",
               described(message(4, body)).c_str());
  Message tls13{0, 0, 0x0e, 0x10, 1, 2, 3, 4};
  append(tls13, block(1, {9}));
  append(tls13, block(2, Message(10, 0xcd)));
  append(tls13, block(2, {}));
  STRCMP_EQUAL(
      "NewSessionTicket:\n  ticket_lifetime = 3600 s\n  ticket (10 bytes)\n  extensions (0 "
      "bytes)\n",
      described(message(4, tls13), true).c_str());
}

TEST(HandshakeText, OtherMessagesAreNotDescribed) {
  STRCMP_EQUAL("", described(message(11, {1, 2, 3})).c_str());
  STRCMP_EQUAL("", described({}).c_str());
}

TEST(HandshakeText, EveryTruncationIsCalledMalformedOrEndsEarly) {
  const Message whole = client_hello();
  for (std::size_t size = 1; size < whole.size(); size++) {
    const Message part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const std::string text = described(part);
    STRCMP_CONTAINS("ClientHello:\n", text.c_str());
    CHECK_TRUE(extensions_of({part}).empty());
    // without extensions a hello is whole, too
    if (size != whole.size() - 17) STRCMP_CONTAINS("  (malformed)\n", text.c_str());
  }
}

TEST(HandshakeText, LengthsThatPointBehindTheEndAreMalformed) {
  Message hello = client_hello();
  hello[4 + 2 + 32] = 255;
  STRCMP_CONTAINS("  (malformed)\n", described(hello).c_str());
  CHECK_TRUE(extensions_of({hello}).empty());
}

TEST(HandshakeText, ExtensionsAreFound) {
  const Message hello = client_hello();
  const auto extensions = extensions_of({hello});
  UNSIGNED_LONGS_EQUAL(1, extensions.size());
  UNSIGNED_LONGS_EQUAL(16, extensions[0].type);
  STRCMP_EQUAL("'ftp', 'a?bc'", protocol_names(extensions[0].body).c_str());
}

TEST(HandshakeText, NamesOfProtocolsEndWhereTheListEnds) {
  const Message beyond{0, 6, 3, 'f', 't', 'p', 9, 'x'};
  STRCMP_EQUAL("'ftp'", protocol_names(beyond).c_str());
  const Message short_list{0, 200, 3, 'f', 't', 'p'};
  STRCMP_EQUAL("", protocol_names(short_list).c_str());
  STRCMP_EQUAL("", protocol_names({}).c_str());
}

TEST(HandshakeText, NumbersHaveNames) {
  STRCMP_EQUAL("KeyUpdate", std::string(handshake_name(24)).c_str());
  STRCMP_EQUAL("", std::string(handshake_name(99)).c_str());
  STRCMP_EQUAL("close_notify", std::string(alert_name(0)).c_str());
  STRCMP_EQUAL("", std::string(alert_name(199)).c_str());
  STRCMP_EQUAL("(unknown)", std::string(extension_name(4711)).c_str());
}
