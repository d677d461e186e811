// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "abi/session_cache_client.h"

#include <cerrno>
#include <string>
#include <vector>

#include "CppUTest/TestHarness.h"

using namespace mod_tls;

namespace {

/// A provider that answers as told and writes down what it was asked.
struct Script {
  std::string calls;
  int result = 0;
  int error = 0;
  SSL_SESSION *session = nullptr;
};

Script &script_of(tls_sess_cache_t *cache) {
  return *static_cast<Script *>(cache->cache_data);
}

int answer(tls_sess_cache_t *cache, const std::string &call) {
  script_of(cache).calls += call + ";";
  errno = script_of(cache).error;
  return script_of(cache).result;
}

std::string hex_size(unsigned int size) {
  return std::to_string(size);
}

int on_open(tls_sess_cache_t *cache, char *info, long timeout) {
  info[0] = '!';  // allowed by the contract
  return answer(cache, "open " + std::string(info) + " " + std::to_string(timeout));
}

int on_close(tls_sess_cache_t *cache) {
  return answer(cache, "close");
}

int on_add(tls_sess_cache_t *cache, const unsigned char *, unsigned int size, time_t expires,
           SSL_SESSION *) {
  return answer(cache, "add " + hex_size(size) + " " + std::to_string(expires));
}

SSL_SESSION *on_get(tls_sess_cache_t *cache, const unsigned char *, unsigned int size) {
  answer(cache, "get " + hex_size(size));
  return script_of(cache).session;
}

int on_delete(tls_sess_cache_t *cache, const unsigned char *, unsigned int size) {
  return answer(cache, "delete " + hex_size(size));
}

std::vector<std::string> &lines() {
  static std::vector<std::string> all;
  return all;
}

void log_line(std::string_view line) {
  lines().emplace_back(line);
}

constexpr unsigned char kId[] = {1, 2, 3};

}  // namespace

TEST_GROUP(SessionCacheClient) {
  Script script;
  tls_sess_cache_t provider{};
  abi::SessionCacheClient client{log_line};

  void setup() override {
    lines().clear();
    provider.cache_name = "fake";
    provider.cache_data = &script;
    provider.open = on_open;
    provider.close = on_close;
    provider.add = on_add;
    provider.get = on_get;
    provider.delete_ = on_delete;
  }
  void teardown() override {
    lines().clear();
    lines().shrink_to_fit();
  }
  void open() {
    CHECK_TRUE(client.open(provider, "/info", std::chrono::seconds{60}).ok());
    script.calls.clear();
  }
};

TEST(SessionCacheClient, AClosedOneIsAnEmptyCache) {
  client.add(kId, 5, nullptr);
  client.remove(kId);
  CHECK_TRUE(client.get(kId) == nullptr);
  client.close();
  STRCMP_EQUAL("", script.calls.c_str());
}

TEST(SessionCacheClient, OpenHandsOnAWritableCopyOfTheInformation) {
  CHECK_TRUE(client.open(provider, "/info", std::chrono::seconds{60}).ok());
  STRCMP_EQUAL("open !info 60;", script.calls.c_str());
  CHECK_TRUE(client.provider() == &provider);
}

TEST(SessionCacheClient, AFailedOpenLeavesNoneOpen) {  // Q74
  open();
  script.result = -1;
  script.error = EPERM;
  const auto opened = client.open(provider, "/info", std::chrono::seconds{60});
  CHECK_FALSE(opened.ok());
  STRCMP_EQUAL("Operation not permitted", opened.error().message.c_str());
  CHECK_TRUE(client.provider() == nullptr);
}

TEST(SessionCacheClient, AnotherProviderClosesTheFirst) {  // Q38
  open();
  tls_sess_cache_t other = provider;
  CHECK_TRUE(client.open(other, "x", std::chrono::seconds{1}).ok());
  STRCMP_EQUAL("close;open ! 1;", script.calls.c_str());
}

TEST(SessionCacheClient, CallsAreHandedOn) {
  open();
  client.add(kId, 77, nullptr);
  client.remove(kId);
  CHECK_TRUE(client.get(kId) == nullptr);
  STRCMP_EQUAL("add 3 77;delete 3;get 3;", script.calls.c_str());
  CHECK_TRUE(lines().empty());
}

TEST(SessionCacheClient, AMissIsNoFailure) {
  open();
  script.error = ENOENT;
  CHECK_TRUE(client.get(kId) == nullptr);
  CHECK_TRUE(lines().empty());
}

TEST(SessionCacheClient, FailuresAreLoggedAsTheyAlwaysWere) {
  open();
  script.result = -1;
  script.error = EBUSY;
  client.add(kId, 1, nullptr);
  CHECK_TRUE(client.get(kId) == nullptr);
  client.remove(kId);
  LONGS_EQUAL(3, lines().size());
  STRCMP_EQUAL("error adding session to 'fake' cache: Device or resource busy", lines()[0].c_str());
  STRCMP_EQUAL("error retrieving session from 'fake' cache: Device or resource busy",
               lines()[1].c_str());
  STRCMP_EQUAL("error removing session from 'fake' cache: Device or resource busy",
               lines()[2].c_str());
}
