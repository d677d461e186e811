// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/http_response.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;
using Progress = HttpResponse::Progress;

namespace {

std::span<const std::uint8_t> bytes_of(const std::string &text) {
  return {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

std::string body_of(const HttpResponse &response) {
  return {response.body().begin(), response.body().end()};
}

constexpr const char *kMalformed[] = {
    "hello\r\n\r\n",
    "HTTP/2 200 OK\r\n\r\n",
    "HTTP/1.1 20\r\n\r\n",
    "HTTP/1.1 abc OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n",
};

}  // namespace

TEST_GROUP(HttpResponse) {
  HttpResponse response;

  Progress feed(const std::string &text) {
    return response.feed(bytes_of(text));
  }
};

TEST(HttpResponse, ABodyHasTheLengthThatIsSaid) {
  CHECK(feed("HTTP/1.1 200 OK\r\ncontent-length:  3\r\nX: y\r\n\r\nab") == Progress::more);
  CHECK(feed("cdef") == Progress::complete);
  LONGS_EQUAL(200, response.status());
  STRCMP_EQUAL("abc", body_of(response).c_str());
}

TEST(HttpResponse, ABodyWithoutLengthEndsWithTheConnection) {
  CHECK(feed("HTTP/1.0 200 OK\n\nabc") == Progress::more);
  CHECK(response.end() == Progress::complete);
  STRCMP_EQUAL("abc", body_of(response).c_str());
}

TEST(HttpResponse, ChunksAreJoined) {
  CHECK(feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n") ==
        Progress::more);
  CHECK(feed("0\r\nTrailer: x\r\n\r\n") == Progress::complete);
  STRCMP_EQUAL("abcde", body_of(response).c_str());
}

TEST(HttpResponse, BytesMayComeOneByOne) {
  const std::string text =
      "HTTP/1.1 302 Found\r\nLocation: http://other/x\r\nContent-Length: 0\r\n\r\n";
  for (std::size_t i = 0; i + 1 < text.size(); i++)
    CHECK(feed(text.substr(i, 1)) == Progress::more);
  CHECK(feed("\n") == Progress::complete);
  LONGS_EQUAL(302, response.status());
  STRCMP_EQUAL("http://other/x", response.location().c_str());
}

TEST(HttpResponse, AnIncompleteOneFails) {
  for (const char *text : {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"}) {
    HttpResponse cut;
    CHECK(cut.feed(bytes_of(text)) == Progress::more);
    CHECK_TRUE_TEXT(cut.end() == Progress::failed, text);
    CHECK(cut.reason() == "the HTTP response is incomplete");
  }
}

TEST(HttpResponse, MalformedOnesFail) {
  for (const char *text : kMalformed) {
    HttpResponse bad;
    CHECK_TRUE_TEXT(bad.feed(bytes_of(text)) == Progress::failed, text);
    CHECK_FALSE(bad.reason().empty());
  }
}

TEST(HttpResponse, SizesAreBounded) {
  HttpResponse head;
  CHECK(head.feed(bytes_of("HTTP/1.1 200 OK\r\nX: " + std::string(20000, 'a'))) ==
        Progress::failed);
  HttpResponse said;
  CHECK(said.feed(bytes_of("HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n")) ==
        Progress::failed);
  HttpResponse endless;
  CHECK(endless.feed(bytes_of("HTTP/1.1 200 OK\r\n\r\n" + std::string(65537, 'a'))) ==
        Progress::failed);
}
