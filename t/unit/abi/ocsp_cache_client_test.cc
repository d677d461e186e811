// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "abi/ocsp_cache_client.h"

#include <openssl/ocsp.h>

#include <cerrno>
#include <string>
#include <vector>

#include "CppUTest/TestHarness.h"
#include "ossl/ocsp_message.h"

using namespace mod_tls;

namespace {

constexpr core::Fingerprint kPrint = {0x01, 0xab, 0xff};
constexpr char kPrintHex[] = "01abff0000000000000000000000000000000000";

/// A provider that answers as told and writes down what it was asked.
struct Script {
  std::string calls;
  int result = 0;
  int error = 0;
  bool has_response = false;
  std::time_t age = 0;
};

Script &script_of(tls_ocsp_cache_t *cache) {
  return *static_cast<Script *>(cache->cache_data);
}

int answer(tls_ocsp_cache_t *cache, const std::string &call) {
  script_of(cache).calls += call + ";";
  errno = script_of(cache).error;
  return script_of(cache).result;
}

OCSP_RESPONSE *try_later() {
  return OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, nullptr);
}

int on_open(tls_ocsp_cache_t *cache, char *info) {
  info[0] = '!';  // allowed by the contract
  return answer(cache, "open " + std::string(info));
}

int on_close(tls_ocsp_cache_t *cache) {
  return answer(cache, "close");
}

int on_add(tls_ocsp_cache_t *cache, const char *print, OCSP_RESPONSE *response, time_t age) {
  return answer(cache, "add " + std::string(print) + " " +
                           std::to_string(OCSP_response_status(response)) + " " +
                           std::to_string(age));
}

OCSP_RESPONSE *on_get(tls_ocsp_cache_t *cache, const char *print, time_t *age) {
  answer(cache, "get " + std::string(print));
  *age = script_of(cache).age;
  return script_of(cache).has_response ? try_later() : nullptr;
}

int on_delete(tls_ocsp_cache_t *cache, const char *print) {
  return answer(cache, "delete " + std::string(print));
}

std::vector<std::uint8_t> der_of_try_later() {
  const ossl::OcspResponsePtr response(try_later());
  unsigned char *der = nullptr;
  const int size = i2d_OCSP_RESPONSE(response.get(), &der);
  const ossl::OpensslBytesPtr owner(der);
  return {der, der + size};
}

tls_ocsp_cache_t make_provider(Script &script) {
  tls_ocsp_cache_t provider{};
  provider.cache_name = "fake";
  provider.cache_data = &script;
  provider.open = on_open;
  provider.close = on_close;
  provider.add = on_add;
  provider.get = on_get;
  provider.delete_ = on_delete;
  return provider;
}

}  // namespace

TEST_GROUP(OcspCacheClient) {
  Script script;
  tls_ocsp_cache_t provider = make_provider(script);
  abi::OcspCacheClient client;

  void open() {
    CHECK_TRUE(client.open(provider, "/info").ok());
    script.calls.clear();
  }
};

TEST(OcspCacheClient, AClosedOneIsAnEmptyCache) {
  CHECK_TRUE(client.add(kPrint, der_of_try_later(), 5).ok());
  CHECK_FALSE(client.get(kPrint).has_value());
  client.remove(kPrint);
  client.close();
  STRCMP_EQUAL("", script.calls.c_str());
}

TEST(OcspCacheClient, OpenHandsOnAWritableCopyOfTheInformation) {
  CHECK_TRUE(client.open(provider, "/info").ok());
  STRCMP_EQUAL("open !info;", script.calls.c_str());
  CHECK_TRUE(client.provider() == &provider);
}

TEST(OcspCacheClient, AFailedOpenLeavesNoneOpen) {
  open();
  script.result = -1;
  script.error = EPERM;
  const auto opened = client.open(provider, "/info");
  CHECK_FALSE(opened.ok());
  STRCMP_EQUAL("Operation not permitted", opened.error().message.c_str());
  CHECK_TRUE(client.provider() == nullptr);
}

TEST(OcspCacheClient, AnotherProviderClosesTheFirst) {
  open();
  Script other;
  tls_ocsp_cache_t second = make_provider(other);
  CHECK_TRUE(client.open(second, "/info").ok());
  STRCMP_EQUAL("close;", script.calls.c_str());
  CHECK_TRUE(client.open(second, "/again").ok());
  STRCMP_EQUAL("open !info;open !again;", other.calls.c_str());
}

TEST(OcspCacheClient, ResponsesAreKeptUnderTheFingerprintInHex) {
  open();
  CHECK_TRUE(client.add(kPrint, der_of_try_later(), 77).ok());
  STRCMP_EQUAL((std::string("add ") + kPrintHex + " 3 77;").c_str(), script.calls.c_str());
  client.remove(kPrint);
  STRCMP_CONTAINS((std::string("delete ") + kPrintHex).c_str(), script.calls.c_str());
}

TEST(OcspCacheClient, WhatIsNoResponseIsNotHandedOn) {
  open();
  const std::vector<std::uint8_t> garbage{1, 2, 3};
  STRCMP_EQUAL("Invalid argument", client.add(kPrint, garbage, 77).error().message.c_str());
  CHECK_FALSE(client.add(kPrint, {}, 77).ok());
  STRCMP_EQUAL("", script.calls.c_str());
}

TEST(OcspCacheClient, AFailureOfTheProviderIsTheSystems) {
  open();
  script.result = -1;
  script.error = ENOSPC;
  const auto added = client.add(kPrint, der_of_try_later(), 77);
  STRCMP_EQUAL("No space left on device", added.error().message.c_str());
  script.error = 0;
  STRCMP_EQUAL("Input/output error",
               client.add(kPrint, der_of_try_later(), 77).error().message.c_str());
}

TEST(OcspCacheClient, GetBringsBytesAndDate) {
  open();
  CHECK_FALSE(client.get(kPrint).has_value());
  script.has_response = true;
  script.age = 12345;
  const auto found = client.get(kPrint);
  CHECK_TRUE(found.has_value());
  CHECK_TRUE(found->der == der_of_try_later());
  LONGS_EQUAL(12345, found->obtained);
}

TEST(OcspCacheClient, WhatIsForgottenIsNotClosed) {
  open();
  client.forget();
  client.close();
  STRCMP_EQUAL("", script.calls.c_str());
  CHECK_TRUE(client.provider() == nullptr);
}
