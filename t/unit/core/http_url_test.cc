// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/http_url.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;

namespace {

struct Valid {
  const char *text;
  HttpUrl url;
};

const Valid kValid[] = {
    {"http://ocsp.example.net", {"ocsp.example.net", 80, "/"}},
    {"HTTP://ocsp.example.net/a/b?c=d", {"ocsp.example.net", 80, "/a/b?c=d"}},
    {"http://ocsp.example.net:8080/", {"ocsp.example.net", 8080, "/"}},
    {"http://192.0.2.1:81/x#part", {"192.0.2.1", 81, "/x"}},
    {"http://[2001:db8::1]:82/x", {"2001:db8::1", 82, "/x"}},
    {"http://[2001:db8::1]", {"2001:db8::1", 80, "/"}},
    {"http://host?query", {"host", 80, "/?query"}},
};

struct Refused {
  const char *text;
  const char *start;
};

constexpr Refused kRefused[] = {
    {"", "error parsing URL '': it does not begin with http://"},
    {"foo", "error parsing URL 'foo': it does not begin with http://"},
    {"ftp://host/", "error parsing URL 'ftp://host/'"},
    {"https://host/", "error parsing URL 'https://host/': OCSP is spoken over http here"},
    {"http://", "error parsing URL '': no host"},
    {"http://:80/", "error parsing URL ':80/': no host"},
    {"http://host:/", "error parsing URL 'host:/'"},
    {"http://host:0/", "error parsing URL 'host:0/'"},
    {"http://host:65536/", "error parsing URL 'host:65536/'"},
    {"http://host:80x/", "error parsing URL 'host:80x/'"},
    {"http://[::1/", "error parsing URL '[::1/'"},
    {"http://[::1]x/", "error parsing URL '[::1]x/'"},
    {"http://user@host/", "error parsing URL 'user@host/'"},
    {"http://host/a b", "error parsing URL 'http://host/a b': it is no URL"},
    {"http://host/\r\nX: y", "error parsing URL"},
};

}  // namespace

TEST_GROUP(HttpUrl){};

/// Nothing is fetched from a server whose certificate nobody would check.
TEST(HttpUrl, Q22HttpsIsRefusedAndSaysWhatToDo) {
  for (const char *text : {"https://ocsp.example.net/", "HTTPS://ocsp.example.net/"}) {
    const auto url = parse_http_url(text);
    CHECK_FALSE(url.ok());
    STRCMP_CONTAINS("OCSP is spoken over http here", url.error().message.c_str());
  }
}

TEST(HttpUrl, PartsAreReadApart) {
  for (const Valid &row : kValid) {
    const auto url = parse_http_url(row.text);
    CHECK_TRUE_TEXT(url.ok() && *url == row.url, row.text);
  }
}

TEST(HttpUrl, OthersAreRefused) {
  for (const Refused &row : kRefused) check_refused(parse_http_url(row.text), row.start, row.text);
  const std::string endless = "http://host/" + std::string(3000, 'a');
  check_refused(parse_http_url(endless), "error parsing URL", "endless");
}

TEST(HttpUrl, TheHostFieldHasThePortOnlyIfItIsAnother) {
  STRCMP_EQUAL("host", host_field({"host", 80, "/"}).c_str());
  STRCMP_EQUAL("host:81", host_field({"host", 81, "/"}).c_str());
  STRCMP_EQUAL("[2001:db8::1]:81", host_field({"2001:db8::1", 81, "/"}).c_str());
}
