// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/crypto_device.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include "tls_pair.h"

#include "CppUTest/TestHarness.h"  // last: it redefines new

using namespace mod_tls;
using test::ec_policy;
using test::TemporaryFolder;

namespace {

// A provider "probe" with one algorithm, SHA-256 as the default provider has it, that counts.

int &digests_made() {
  static int count = 0;
  return count;
}

const EVP_MD *sha256() {
  static const ossl::EvpMdPtr digest{EVP_MD_fetch(nullptr, "SHA256", "provider=default")};
  return digest.get();
}

void *new_digest(void *) {
  digests_made()++;
  return EVP_MD_CTX_new();
}

void free_digest(void *ctx) {
  EVP_MD_CTX_free(static_cast<EVP_MD_CTX *>(ctx));
}

void *copy_digest(void *ctx) {
  EVP_MD_CTX *copy = EVP_MD_CTX_new();
  EVP_MD_CTX_copy_ex(copy, static_cast<EVP_MD_CTX *>(ctx));
  return copy;
}

int begin_digest(void *ctx, const OSSL_PARAM *) {
  return EVP_DigestInit_ex(static_cast<EVP_MD_CTX *>(ctx), sha256(), nullptr);
}

int add_to_digest(void *ctx, const unsigned char *data, std::size_t size) {
  return EVP_DigestUpdate(static_cast<EVP_MD_CTX *>(ctx), data, size);
}

int end_digest(void *ctx, unsigned char *out, std::size_t *size, std::size_t) {
  unsigned written = 0;
  const int done = EVP_DigestFinal_ex(static_cast<EVP_MD_CTX *>(ctx), out, &written);
  *size = written;
  return done;
}

int digest_parameters(OSSL_PARAM *params) {
  OSSL_PARAM *block = OSSL_PARAM_locate(params, OSSL_DIGEST_PARAM_BLOCK_SIZE);
  OSSL_PARAM *size = OSSL_PARAM_locate(params, OSSL_DIGEST_PARAM_SIZE);
  return (block == nullptr || OSSL_PARAM_set_size_t(block, 64) == 1) &&
         (size == nullptr || OSSL_PARAM_set_size_t(size, 32) == 1);
}

template <class Function>
OSSL_DISPATCH entry(int id, Function *function) {
  return {id, reinterpret_cast<void (*)()>(function)};
}

const OSSL_ALGORITHM *algorithms(void *, int operation, int *no_cache) {
  static const OSSL_DISPATCH kDigest[] = {entry(OSSL_FUNC_DIGEST_NEWCTX, new_digest),
                                          entry(OSSL_FUNC_DIGEST_FREECTX, free_digest),
                                          entry(OSSL_FUNC_DIGEST_DUPCTX, copy_digest),
                                          entry(OSSL_FUNC_DIGEST_INIT, begin_digest),
                                          entry(OSSL_FUNC_DIGEST_UPDATE, add_to_digest),
                                          entry(OSSL_FUNC_DIGEST_FINAL, end_digest),
                                          entry(OSSL_FUNC_DIGEST_GET_PARAMS, digest_parameters),
                                          {0, nullptr}};
  static const OSSL_ALGORITHM kDigests[] = {
      {"SHA2-256:SHA-256:SHA256", "provider=probe", kDigest, "counts"},
      {nullptr, nullptr, nullptr, nullptr}};
  *no_cache = 0;
  return operation == OSSL_OP_DIGEST ? kDigests : nullptr;
}

int begin_provider(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *, const OSSL_DISPATCH **out,
                   void **context) {
  static const OSSL_DISPATCH kProvider[] = {entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, algorithms),
                                            {0, nullptr}};
  *out = kProvider;
  *context = const_cast<OSSL_CORE_HANDLE *>(handle);
  return 1;
}

/// The provider can be loaded. Servers keep it for the life of the process, so it is unloaded for
/// them, too.
struct Probe {
  Probe() { OSSL_PROVIDER_add_builtin(nullptr, "probe", begin_provider); }
  Probe(const Probe &) = delete;
  Probe &operator=(const Probe &) = delete;
  ~Probe() {
    while (OSSL_PROVIDER_available(nullptr, "probe") == 1) {
      OSSL_PROVIDER *loaded = OSSL_PROVIDER_load(nullptr, "probe");
      OSSL_PROVIDER_unload(loaded);
      OSSL_PROVIDER_unload(loaded);
    }
  }
};

/// Digests of the provider "probe" made in a handshake of a server with `device`.
int digests_for(const std::string &device) {
  const TemporaryFolder folder;
  core::ServerPolicy policy = ec_policy(folder);
  policy.ciphers.tls13 = "TLS_AES_128_GCM_SHA256";
  policy.crypto_device = device;
  const auto server = ossl::build_context(policy, std::time(nullptr));
  CHECK_TRUE(server.ok());
  const auto client = test::client_context(TLS1_3_VERSION);
  const ossl::BindingId binding{};
  test::TlsPair pair(server->ctx.get(), client.get(), ossl::ConnectionRole::control, binding);
  const int before = digests_made();
  CHECK_TRUE(pair.handshake());
  return digests_made() - before;
}

}  // namespace

TEST_GROUP(CryptoDevice) {
  Probe probe;
};

TEST(CryptoDevice, HandshakesUseTheAlgorithmsOfTheNamedProvider) {
  CHECK_TRUE(digests_for("probe") > 0);
}

TEST(CryptoDevice, OtherServersDoNot) {
  CHECK_TRUE(ossl::provide("probe"));
  LONGS_EQUAL(0, digests_for("default"));
}

TEST(CryptoDevice, AnUnknownOneIsTreatedAsNoneAndTold) {
  const TemporaryFolder folder;
  core::ServerPolicy policy = ec_policy(folder);
  policy.crypto_device = "no-such-device";
  const auto built = ossl::build_context(policy, std::time(nullptr));
  CHECK_TRUE(built.ok());
  LONGS_EQUAL(1, built->notices.size());
  STRCMP_CONTAINS("TLSCryptoDevice 'no-such-device' is not available: ", built->notices[0].c_str());
}

TEST(CryptoDevice, WhatIsThereIsToldOnlyWhereItIsConfigured) {
  STRCMP_EQUAL("", ossl::load_device("").text.c_str());
  STRCMP_EQUAL("using TLSCryptoDevice 'default'", ossl::load_device("default").text.c_str());
  STRCMP_EQUAL("enabled all builtin crypto devices", ossl::load_device("ALL").text.c_str());
  CHECK_FALSE(ossl::load_device("no-such-device").available);
}

TEST(CryptoDevice, TheOtherProvidersStay) {
  CHECK_FALSE(ossl::load_device("no-such-device").available);
  CHECK_TRUE(ossl::provide("probe"));
  const ossl::EvpMdPtr digest{EVP_MD_fetch(nullptr, "SHA512", nullptr)};
  CHECK_TRUE(digest != nullptr);
}
