// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/record_stream.h"

#include <cerrno>

#include "tls_pair.h"

#include "CppUTest/TestHarness.h"  // last: it redefines new

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;
using ossl::ConnectionRole;
using ossl::StreamStatus;

namespace {

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
constexpr std::size_t kRecord = 16384;
constexpr std::size_t kMegabyte = 1024UL * 1024;

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; i++) text[i] = static_cast<char>(i * 31 + i / 251);
  return text;
}

bool same(const std::string &a, const std::string &b) {
  return a == b;
}

}  // namespace

TEST_GROUP(RecordStream) {
  test::TemporaryFolder folder;
  core::ServerPolicy policy = test::ec_policy(folder);
  ossl::SslCtxPtr ctx = std::move(ossl::build_context(policy, std::time(nullptr))->ctx);
  ossl::SslCtxPtr client;
  ossl::BindingId binding{};
  std::unique_ptr<test::TlsPair> pair;

  void connect(int version, ConnectionRole role = ConnectionRole::data) {
    client = test::client_context(version);
    pair = std::make_unique<test::TlsPair>(ctx.get(), client.get(), role, binding);
    CHECK(pair->handshake());
    pair->client_reads();
  }

  void teardown() override {
    pair.reset();
    client.reset();
  }

  ossl::RecordStream &server() {
    return pair->server;
  }
  test::MemoryPipe &to_client() {
    return pair->link.to_client;
  }
  test::MemoryPipe &to_server() {
    return pair->link.to_server;
  }
};

// ---- writing
// -------------------------------------------------------------------------------------

TEST(RecordStream, WithoutGatheringEachWriteLeavesAtOnce) {
  for (const int version : kVersions) {
    connect(version, ConnectionRole::control);
    const std::size_t before = to_client().writes;
    CHECK(server().write(test::bytes_of("220 hello\r\n")).status == StreamStatus::ok);
    CHECK_FALSE(server().has_unsent());
    UNSIGNED_LONGS_EQUAL(before + 1, to_client().writes);
    STRCMP_EQUAL("220 hello\r\n", pair->client_reads().c_str());
  }
}

TEST(RecordStream, AFullTransportAcceptsAndTellsThatBytesAreUnsent) {
  connect(TLS1_3_VERSION, ConnectionRole::control);
  to_client().set_weather({.in_flight = 10});
  LONGS_EQUAL(5, server().write(test::bytes_of("hello")).bytes);
  CHECK(server().has_unsent());
  CHECK(server().write(test::bytes_of("world")).status == StreamStatus::want_write);
  CHECK(server().flush().status == StreamStatus::want_write);
  to_client().set_weather({});
  CHECK(server().flush().status == StreamStatus::ok);
  CHECK_FALSE(server().has_unsent());
  STRCMP_EQUAL("hello", pair->client_reads().c_str());
}

TEST(RecordStream, ABatchLeavesInOneWriteOfFullRecords) {
  const std::string chunk = pattern(256UL * 1024);
  for (const int version : kVersions) {
    connect(version);
    server().set_buffering(ossl::kDataBuffering);
    const std::size_t before = to_client().writes;
    const std::size_t carried = to_client().carried;
    UNSIGNED_LONGS_EQUAL(chunk.size(), server().write(test::bytes_of(chunk)).bytes);
    UNSIGNED_LONGS_EQUAL(before, to_client().writes);
    CHECK(server().flush().status == StreamStatus::ok);
    UNSIGNED_LONGS_EQUAL(before + 1, to_client().writes);
    // 16 records: 22 bytes more each with TLS 1.3, 29 with TLS 1.2.
    const std::size_t extra = to_client().carried - carried - chunk.size();
    UNSIGNED_LONGS_EQUAL(version == TLS1_3_VERSION ? 16 * 22 : 16 * 29, extra);
    CHECK(same(chunk, pair->client_reads()));
  }
}

TEST(RecordStream, SmallPiecesBecomeFullRecords) {
  connect(TLS1_3_VERSION);
  server().set_buffering(ossl::kDataBuffering);
  const std::size_t carried = to_client().carried;
  const std::string text = pattern(kRecord * 3 + 100);
  for (std::size_t at = 0; at < text.size(); at += 1000) {
    const std::string piece = text.substr(at, 1000);
    UNSIGNED_LONGS_EQUAL(piece.size(), server().write(test::bytes_of(piece)).bytes);
  }
  CHECK(server().flush().status == StreamStatus::ok);
  UNSIGNED_LONGS_EQUAL(text.size() + 4 * 22, to_client().carried - carried);
  CHECK(same(text, pair->client_reads()));
}

TEST(RecordStream, PlaintextShorterThanARecordWaitsForFlush) {
  connect(TLS1_3_VERSION);
  server().set_buffering(ossl::kDataBuffering);
  CHECK(server().write(test::bytes_of("short")).status == StreamStatus::ok);
  CHECK(server().has_unsent());
  STRCMP_EQUAL("", pair->client_reads().c_str());
  CHECK(server().flush().status == StreamStatus::ok);
  STRCMP_EQUAL("short", pair->client_reads().c_str());
}

TEST(RecordStream, AStuckTransportTakesAPrefixAndNoMore) {
  connect(TLS1_3_VERSION);
  server().set_buffering({.output = 64UL * 1024, .read_ahead = 0});
  to_client().set_weather({.in_flight = 1000});
  const std::string text = pattern(kMegabyte);
  const auto first = server().write(test::bytes_of(text));
  CHECK(first.status == StreamStatus::ok);
  CHECK(first.bytes >= 48UL * 1024);
  CHECK(first.bytes <= 100UL * 1024);
  const auto second = server().write(test::bytes_of(text).subspan(first.bytes));
  CHECK(second.status == StreamStatus::want_write);
  UNSIGNED_LONGS_EQUAL(0, second.bytes);
}

TEST(RecordStream, ABrokenConnectionFailsWithItsErrno) {
  connect(TLS1_3_VERSION);
  to_client().write_error = EPIPE;
  CHECK(server().write(test::bytes_of("hello")).status == StreamStatus::failed);
  LONGS_EQUAL(EPIPE, server().error_number());
  STRCMP_EQUAL("Broken pipe", server().error_text().c_str());
  CHECK(server().write(test::bytes_of("again")).status == StreamStatus::failed);
  CHECK(server().flush().status == StreamStatus::failed);
  CHECK(server().send_close().status == StreamStatus::failed);
}

TEST(RecordStream, ABrokenConnectionFailsABatchWhenItLeaves) {
  connect(TLS1_3_VERSION);
  server().set_buffering(ossl::kDataBuffering);
  to_client().write_error = ECONNRESET;
  CHECK(server().write(test::bytes_of(pattern(kRecord * 2))).status == StreamStatus::ok);
  CHECK(server().flush().status == StreamStatus::failed);
  LONGS_EQUAL(ECONNRESET, server().error_number());
}

// ---- reading
// -------------------------------------------------------------------------------------

TEST(RecordStream, OneMebibyteArrivesInFewReads) {
  const std::string text = pattern(kMegabyte);
  for (const int version : kVersions) {
    connect(version);
    server().set_buffering({.output = 0, .read_ahead = ossl::kDataBuffering.read_ahead});
    pair->client.set_buffering(ossl::kDataBuffering);
    CHECK(test::send_text(pair->client, text));
    const std::size_t before = to_server().reads;
    CHECK(same(text, test::read_text(server())));
    CHECK(to_server().reads - before <= 6);
  }
}

TEST(RecordStream, OneReadFillsTheWholeBuffer) {
  connect(TLS1_3_VERSION);
  server().set_buffering({.output = 0, .read_ahead = ossl::kDataBuffering.read_ahead});
  const std::string text = pattern(100'000);
  CHECK(test::send_text(pair->client, text));
  std::string got(80'000, '\0');
  const auto first = server().read(std::as_writable_bytes(std::span{got}));
  UNSIGNED_LONGS_EQUAL(80'000, first.bytes);
  CHECK(server().readable_now());
  std::string rest(80'000, '\0');
  const auto second = server().read(std::as_writable_bytes(std::span{rest}));
  UNSIGNED_LONGS_EQUAL(20'000, second.bytes);
  CHECK_FALSE(server().readable_now());
  CHECK(same(text, got + rest.substr(0, second.bytes)));
}

TEST(RecordStream, ReadingAheadStartsWithWhatArrivedBeforeIt) {
  connect(TLS1_3_VERSION);
  CHECK(test::send_text(pair->client, pattern(50'000)));
  std::string got(100, '\0');
  UNSIGNED_LONGS_EQUAL(100, server().read(std::as_writable_bytes(std::span{got})).bytes);
  server().set_buffering({.output = 0, .read_ahead = ossl::kDataBuffering.read_ahead});
  CHECK(same(pattern(50'000), got + test::read_text(server())));
}

TEST(RecordStream, WithoutReadAheadNothingIsTakenPastARecord) {
  connect(TLS1_3_VERSION, ConnectionRole::control);
  CHECK(test::send_text(pair->client, "CCC\r\n"));
  const std::string clear = "NOOP\r\n";
  pair->link.client.write(test::bytes_of(clear));
  std::string got(100, '\0');
  UNSIGNED_LONGS_EQUAL(5, server().read(std::as_writable_bytes(std::span{got})).bytes);
  UNSIGNED_LONGS_EQUAL(clear.size(), to_server().waiting());
}

TEST(RecordStream, ReadingFlushesFirst) {
  connect(TLS1_3_VERSION);
  server().set_buffering(ossl::kDataBuffering);
  CHECK(server().write(test::bytes_of("question")).status == StreamStatus::ok);
  std::string got(10, '\0');
  CHECK(server().read(std::as_writable_bytes(std::span{got})).status == StreamStatus::want_read);
  STRCMP_EQUAL("question", pair->client_reads().c_str());
}

// ---- ending
// --------------------------------------------------------------------------------------

TEST(RecordStream, CloseNotifyComesAfterTheLastByte) {
  for (const int version : kVersions) {
    connect(version);
    server().set_buffering(ossl::kDataBuffering);
    CHECK(server().write(test::bytes_of("the end")).status == StreamStatus::ok);
    CHECK(server().send_close().status == StreamStatus::ok);
    CHECK(server().send_close().status == StreamStatus::ok);
    StreamStatus end{};
    STRCMP_EQUAL("the end", test::read_text(pair->client, &end).c_str());
    CHECK(end == StreamStatus::closed);
    CHECK(server().drain().status == StreamStatus::want_read);
    CHECK(pair->client.send_close().status == StreamStatus::ok);
    CHECK(server().drain().status == StreamStatus::closed);
  }
}

TEST(RecordStream, AnOrderlyEndIsToldApartFromACutOne) {
  for (const int version : kVersions) {
    for (const bool orderly : {true, false}) {
      connect(version);
      CHECK(test::send_text(pair->client, "data"));
      if (orderly) CHECK(pair->client.send_close().status == StreamStatus::ok);
      to_server().closed = true;
      for (int again = 0; again < 3; again++) {
        StreamStatus end{};
        STRCMP_EQUAL(again == 0 ? "data" : "", test::read_text(server(), &end).c_str());
        CHECK(end == (orderly ? StreamStatus::closed : StreamStatus::truncated));
      }
    }
  }
}

TEST(RecordStream, CloseNotifyIsAnsweredAfterACutToo) {
  for (const int version : kVersions) {
    connect(version);
    to_server().closed = true;
    StreamStatus end{};
    test::read_text(server(), &end);
    CHECK(end == StreamStatus::truncated);
    CHECK(server().send_close().status == StreamStatus::ok);
    test::read_text(pair->client, &end);
    CHECK(end == StreamStatus::closed);
  }
}

TEST(RecordStream, ACutAnywhereIsTruncationAndNeverDataThatWasNotSent) {
  const std::string text = pattern(3000);
  for (const int version : kVersions) {
    for (const std::size_t read_ahead : {std::size_t{0}, ossl::kDataBuffering.read_ahead}) {
      for (std::size_t cut = 1; cut < 3200; cut += 37) {
        connect(version);
        server().set_buffering({.output = 0, .read_ahead = read_ahead});
        for (std::size_t at = 0; at < text.size(); at += 500) {
          CHECK(test::send_text(pair->client, text.substr(at, 500)));
        }
        CHECK(pair->client.send_close().status == StreamStatus::ok);
        const std::size_t sent = to_server().waiting();
        to_server().cut_after = to_server().delivered + std::min(cut, sent - 1);
        StreamStatus end{};
        const std::string got = test::read_text(server(), &end);
        CHECK(end == StreamStatus::truncated);
        CHECK(text.starts_with(got));
      }
    }
  }
}

TEST(RecordStream, DrainingDiscardsWhatStillArrives) {
  connect(TLS1_3_VERSION);
  CHECK(test::send_text(pair->client, pattern(100'000)));
  CHECK(server().send_close().status == StreamStatus::ok);
  CHECK(server().drain().status == StreamStatus::want_read);
  UNSIGNED_LONGS_EQUAL(0, to_server().waiting());
  to_server().closed = true;
  CHECK(server().drain().status == StreamStatus::truncated);
}

TEST(RecordStream, ClosingAnUnfinishedHandshakeSendsNothing) {
  client = test::client_context(0);
  pair = std::make_unique<test::TlsPair>(ctx.get(), client.get(), ConnectionRole::data, binding);
  CHECK(server().send_close().status == StreamStatus::ok);
  UNSIGNED_LONGS_EQUAL(0, to_client().carried);
  SSL_do_handshake(pair->client.ssl());
  CHECK(ossl::handshake_step(server().ssl(), policy).step == ossl::Step::want_read);
  const std::size_t carried = to_client().carried;
  CHECK(server().send_close().status == StreamStatus::ok);
  UNSIGNED_LONGS_EQUAL(carried, to_client().carried);
}

TEST(RecordStream, AQueuedTicketDoesNotHinderTheClose) {
  connect(TLS1_3_VERSION, ConnectionRole::control);
  ossl::renew_supply(server().ssl());
  CHECK(server().send_close().status == StreamStatus::ok);
  StreamStatus end{};
  STRCMP_EQUAL("", test::read_text(pair->client, &end).c_str());
  CHECK(end == StreamStatus::closed);
}

TEST(RecordStream, AQueuedTicketLeavesWithTheNextWriteAndBeforeIt) {
  connect(TLS1_3_VERSION, ConnectionRole::control);
  std::vector<ossl::SslSessionPtr> sessions;
  test::collect_sessions(client.get(), sessions);
  ossl::renew_supply(server().ssl());
  CHECK(server().write(test::bytes_of("226 done")).status == StreamStatus::ok);
  STRCMP_EQUAL("226 done", pair->client_reads().c_str());
  UNSIGNED_LONGS_EQUAL(1, sessions.size());
}

// ---- failing
// -------------------------------------------------------------------------------------

TEST(RecordStream, ASpoiltRecordFailsAsAProtocolError) {
  for (const int version : kVersions) {
    connect(version);
    CHECK(test::send_text(pair->client, "good"));
    CHECK(test::send_text(pair->client, "spoilt"));
    to_server().in_flight().back() ^= std::byte{1};
    for (int again = 0; again < 2; again++) {
      StreamStatus end{};
      STRCMP_EQUAL(again == 0 ? "good" : "", test::read_text(server(), &end).c_str());
      CHECK(end == StreamStatus::failed);
    }
    LONGS_EQUAL(EPROTO, server().error_number());
    STRCMP_CONTAINS("\n  (1) error:", server().error_text().c_str());
    CHECK(server().write(test::bytes_of("more")).status == StreamStatus::failed);
    CHECK(server().send_close().status == StreamStatus::failed);
  }
}

TEST(RecordStream, AResetWhileReadingFailsWithItsErrno) {
  connect(TLS1_3_VERSION);
  CHECK(test::send_text(pair->client, "data"));
  std::string got(4, '\0');
  UNSIGNED_LONGS_EQUAL(4, server().read(std::as_writable_bytes(std::span{got})).bytes);
  to_server().read_error = ECONNRESET;
  CHECK(server().read(std::as_writable_bytes(std::span{got})).status == StreamStatus::failed);
  LONGS_EQUAL(ECONNRESET, server().error_number());
}

TEST(RecordStream, KeyUpdatesInTheMiddleOfATransferAreNotNoticed) {
  connect(TLS1_3_VERSION);
  server().set_buffering(ossl::kDataBuffering);
  std::string sent;
  std::string got;
  for (int i = 0; i < 10; i++) {
    const std::string part = pattern(20'000);
    sent += part;
    CHECK(test::send_text(server(), part));
    got += pair->client_reads();
    SSL_key_update(pair->client.ssl(), SSL_KEY_UPDATE_REQUESTED);
    CHECK(test::send_text(pair->client, "x"));
    STRCMP_EQUAL("x", test::read_text(server()).c_str());
  }
  CHECK(same(sent, got));
}
