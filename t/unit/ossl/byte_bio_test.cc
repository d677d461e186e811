// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/byte_bio.h"

#include <array>
#include <cerrno>
#include <string>

#include "tls_pair.h"

#include "CppUTest/TestHarness.h"  // last: it redefines new

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;
using core::IoStatus;

TEST_GROUP(ByteBio) {
  test::MemoryLink link;
  ossl::SslCtxPtr ctx = test::client_context(0);
  ossl::SslPtr ssl{SSL_new(ctx.get())};

  BIO *attached(ossl::ByteBio & bio) {
    bio.attach(ssl.get());
    return SSL_get_rbio(ssl.get());
  }

  std::string arrived() {
    std::array<std::byte, 1000> bytes{};
    const auto result = link.client.read(bytes);
    return {reinterpret_cast<const char *>(bytes.data()), result.bytes};
  }

  static int write(BIO * bio, std::string_view text) {
    return BIO_write(bio, text.data(), static_cast<int>(text.size()));
  }
};

TEST(ByteBio, ItIsFoundFromTheSslObject) {
  ossl::ByteBio bio{link.server, 0};
  POINTERS_EQUAL(nullptr, ossl::ByteBio::of(ssl.get()));
  (void)attached(bio);
  POINTERS_EQUAL(&bio, ossl::ByteBio::of(ssl.get()));
  const ossl::SslPtr other{SSL_new(ctx.get())};
  BIO *memory = BIO_new(BIO_s_mem());
  SSL_set_bio(other.get(), memory, memory);
  POINTERS_EQUAL(nullptr, ossl::ByteBio::of(other.get()));
}

TEST(ByteBio, CapacityZeroWritesThrough) {
  ossl::ByteBio bio{link.server, 0};
  LONGS_EQUAL(5, write(attached(bio), "hello"));
  STRCMP_EQUAL("hello", arrived().c_str());
  UNSIGNED_LONGS_EQUAL(5, bio.bytes_written());
}

TEST(ByteBio, CapacityZeroPassesAFullTransportOn) {
  link.to_client.set_weather({.in_flight = 3});
  ossl::ByteBio bio{link.server, 0};
  BIO *b = attached(bio);
  LONGS_EQUAL(3, write(b, "hello"));
  LONGS_EQUAL(-1, write(b, "lo"));
  CHECK(BIO_should_write(b));
}

TEST(ByteBio, WritesAreGatheredUntilFlushed) {
  ossl::ByteBio bio{link.server, 100};
  BIO *b = attached(bio);
  write(b, "one ");
  write(b, "two");
  STRCMP_EQUAL("", arrived().c_str());
  UNSIGNED_LONGS_EQUAL(7, bio.buffered());
  LONGS_EQUAL(1, BIO_flush(b));
  STRCMP_EQUAL("one two", arrived().c_str());
  UNSIGNED_LONGS_EQUAL(1, link.to_client.writes);
  UNSIGNED_LONGS_EQUAL(0, bio.buffered());
}

TEST(ByteBio, FlushingNothingWritesNothing) {
  ossl::ByteBio bio{link.server, 100};
  LONGS_EQUAL(1, BIO_flush(attached(bio)));
  CHECK(bio.flush().status == IoStatus::ok);
  UNSIGNED_LONGS_EQUAL(0, link.to_client.writes);
}

TEST(ByteBio, AFlushContinuesWhereAFullTransportStoppedIt) {
  link.to_client.set_weather({.in_flight = 3});
  ossl::ByteBio bio{link.server, 100};
  BIO *b = attached(bio);
  write(b, "hello");
  LONGS_EQUAL(-1, BIO_flush(b));
  CHECK(BIO_should_write(b));
  UNSIGNED_LONGS_EQUAL(2, bio.buffered());
  STRCMP_EQUAL("hel", arrived().c_str());
  write(b, "!");
  LONGS_EQUAL(1, BIO_flush(b));
  STRCMP_EQUAL("lo!", arrived().c_str());
}

TEST(ByteBio, AStuckTransportDoesNotPileUpBytesForEver) {
  link.to_client.set_weather({.in_flight = 10});
  ossl::ByteBio bio{link.server, 1000};
  BIO *b = attached(bio);
  const std::string chunk(1000, 'x');
  int accepted = 0;
  while (write(b, chunk) > 0) accepted++;
  CHECK(BIO_should_write(b));
  CHECK(accepted >= 1);
  CHECK(bio.buffered() < 100'000);
}

TEST(ByteBio, AFailureIsRemembered) {
  link.to_client.write_error = EPIPE;
  ossl::ByteBio bio{link.server, 100};
  BIO *b = attached(bio);
  write(b, "hello");
  LONGS_EQUAL(0, bio.transport_error());
  CHECK(BIO_flush(b) <= 0);
  CHECK_FALSE(BIO_should_retry(b));
  LONGS_EQUAL(EPIPE, bio.transport_error());
}

TEST(ByteBio, ReadsTakeNoMoreThanIsAskedFor) {
  ossl::ByteBio bio{link.server, 0};
  BIO *b = attached(bio);
  link.client.write(test::bytes_of("hello"));
  std::array<char, 10> text{};
  LONGS_EQUAL(2, BIO_read(b, text.data(), 2));
  UNSIGNED_LONGS_EQUAL(3, link.to_server.waiting());
  LONGS_EQUAL(3, BIO_read(b, text.data(), 10));
  LONGS_EQUAL(-1, BIO_read(b, text.data(), 10));
  CHECK(BIO_should_read(b));
  UNSIGNED_LONGS_EQUAL(5, bio.bytes_read());
}

TEST(ByteBio, ReadingAheadTakesAllInOneRead) {
  ossl::ByteBio bio{link.server, 0};
  BIO *b = attached(bio);
  bio.set_read_ahead(100);
  link.client.write(test::bytes_of("hello world"));
  std::string text;
  for (char c = 0; BIO_read(b, &c, 1) == 1;) text += c;
  STRCMP_EQUAL("hello world", text.c_str());
  UNSIGNED_LONGS_EQUAL(2, link.to_server.reads);
}

TEST(ByteBio, AWholeRecordIsRecognised) {
  ossl::ByteBio bio{link.server, 0};
  BIO *b = attached(bio);
  CHECK_FALSE(bio.has_record());
  bio.set_read_ahead(100);
  CHECK_FALSE(bio.has_record());
  const std::string record{
      "\x17\x03\x03\x00\x03"
      "abc",
      8};
  link.client.write(test::bytes_of("x" + record + record.substr(0, 7)));
  char c = 0;
  LONGS_EQUAL(1, BIO_read(b, &c, 1));
  CHECK(bio.has_record());
  std::array<char, 8> rest{};
  LONGS_EQUAL(8, BIO_read(b, rest.data(), 8));
  CHECK_FALSE(bio.has_record());
  LONGS_EQUAL(4, BIO_read(b, rest.data(), 4));
  CHECK_FALSE(bio.has_record());
}

TEST(ByteBio, TheEndIsNoRetry) {
  ossl::ByteBio bio{link.server, 0};
  BIO *b = attached(bio);
  link.to_server.closed = true;
  char c = 0;
  CHECK(BIO_read(b, &c, 1) <= 0);
  CHECK_FALSE(BIO_should_retry(b));
  CHECK(bio.saw_end_of_stream());
  LONGS_EQUAL(0, bio.transport_error());
}
