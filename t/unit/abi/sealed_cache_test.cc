// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "abi/sealed_cache.h"

#include "cache/memory_store.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls;
using cache::Outcome;

namespace {

constexpr std::time_t kNow = 1'800'000'000;
constexpr unsigned char kId[] = {1, 2, 3};
constexpr unsigned char kOther[] = {4, 5, 6};

ossl::SslSessionPtr make_session() {
  ossl::SslSessionPtr session{SSL_SESSION_new()};
  constexpr unsigned char kSecret[48] = {42};
  SSL_SESSION_set_protocol_version(session.get(), TLS1_2_VERSION);
  SSL_SESSION_set1_master_key(session.get(), kSecret, sizeof(kSecret));
  const ossl::SslCtxPtr ctx{SSL_CTX_new(TLS_method())};
  const ossl::SslPtr ssl{SSL_new(ctx.get())};
  SSL_SESSION_set_cipher(session.get(), sk_SSL_CIPHER_value(SSL_get_ciphers(ssl.get()), 0));
  SSL_SESSION_set1_id(session.get(), kId, sizeof(kId));
  SSL_SESSION_set1_ticket_appdata(session.get(), "bound", 5);
  return session;
}

}  // namespace

TEST_GROUP(SealedCache) {
  cache::MemoryStore store;
  cache::Counters counters{};
  abi::SealedCache sealed{store, counters, *ossl::random_entry_key()};
};

TEST(SealedCache, SessionsComeBackWithWhatTheyAreBoundTo) {
  CHECK_TRUE(sealed.add(kId, make_session().get(), kNow + 60, kNow) == Outcome::done);
  const auto found = sealed.get_session(kId, kNow);
  CHECK_TRUE(found.session != nullptr);
  void *data = nullptr;
  std::size_t size = 0;
  SSL_SESSION_get0_ticket_appdata(found.session.get(), &data, &size);
  STRNCMP_EQUAL("bound", static_cast<const char *>(data), 5);
}

TEST(SealedCache, MissesAndExpiredOnes) {
  CHECK_TRUE(sealed.get_session(kId, kNow).outcome == Outcome::miss);
  sealed.add(kId, make_session().get(), kNow + 60, kNow);
  CHECK_TRUE(sealed.get_session(kId, kNow + 60).session == nullptr);
  CHECK_TRUE(sealed.remove(kOther) == Outcome::miss);
}

TEST(SealedCache, AListingIsOfSessionsThatAreOurs) {
  const ossl::SslSessionPtr session = make_session();
  SSL_SESSION_set_time(session.get(), kNow - 10);
  SSL_SESSION_set_timeout(session.get(), 600);
  sealed.add(kId, session.get(), kNow + 590, kNow);
  abi::SealedCache neighbour{store, counters, *ossl::random_entry_key()};
  neighbour.add(kOther, make_session().get(), kNow + 60, kNow);
  const auto listed = sealed.list_sessions(10, kNow);
  LONGS_EQUAL(1, listed.size());
  STRCMP_EQUAL("TLSv1.2", listed[0].version.c_str());
  LONGS_EQUAL(kNow - 10, listed[0].started);
  LONGS_EQUAL(600, listed[0].seconds);
  LONGS_EQUAL(0, sealed.status().hits + sealed.status().misses + sealed.status().errors);
  CHECK_TRUE(sealed.list_sessions(10, kNow + 590).empty());
}

TEST(SealedCache, AnEntryOfANeighbourIsAMissAndGoes) {  // Q20
  abi::SealedCache neighbour{store, counters, *ossl::random_entry_key()};
  neighbour.add(kId, make_session().get(), kNow + 60, kNow);
  CHECK_TRUE(sealed.get_session(kId, kNow).outcome == Outcome::miss);
  LONGS_EQUAL(0, store.facts().entries);
  LONGS_EQUAL(1, sealed.status().errors);
}

TEST(SealedCache, AnEntryCopiedToAnotherNameIsAMiss) {
  sealed.add(kId, make_session().get(), kNow + 60, kNow);
  store.put(kOther, store.get(kId, kNow).bytes, kNow + 60, kNow);
  CHECK_TRUE(sealed.get_session(kOther, kNow).session == nullptr);
  CHECK_TRUE(sealed.get_session(kId, kNow).session != nullptr);
}

TEST(SealedCache, Q19NothingButTheSealedEntryIsStored) {
  const ossl::SslSessionPtr session = make_session();
  const std::size_t size = ossl::encode_session(session.get()).size();
  sealed.add(kId, session.get(), kNow + 60, kNow);
  LONGS_EQUAL(size + ossl::kSealBytes, store.get(kId, kNow).bytes.size());
}

TEST(SealedCache, ResponsesKeepTheTimeTheyWereObtained) {  // Q63
  const ossl::OcspResponsePtr response{
      OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, nullptr)};
  CHECK_TRUE(sealed.add(kId, response.get(), kNow - 100, kNow) == Outcome::done);
  const auto found = sealed.get_response(kId, kNow);
  CHECK_TRUE(found.dated.response != nullptr);
  LONGS_EQUAL(kNow - 100, found.dated.obtained);
}

TEST(SealedCache, AResponseIsNoSession) {
  const ossl::OcspResponsePtr response{
      OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, nullptr)};
  sealed.add(kId, response.get(), kNow, kNow);
  CHECK_TRUE(sealed.get_session(kId, kNow).session == nullptr);
}
