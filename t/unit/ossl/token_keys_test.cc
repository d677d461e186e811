// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/token_keys.h"

#include "ossl/pass_phrases.h"
#include "tls_pair.h"

#include "CppUTest/TestHarness.h"  // last: it redefines new

using namespace mod_tls;

TEST_GROUP(TokenKeys) {
  test::TemporaryFolder folder;
  core::ServerPolicy policy = test::ec_policy(folder);
  ossl::SslCtxPtr ctx = std::move(ossl::build_context(policy, std::time(nullptr))->ctx);
};

TEST(TokenKeys, ThoseInFilesStayAsTheyAre) {
  const EVP_PKEY *before = SSL_CTX_get0_privatekey(ctx.get());
  CHECK_TRUE(ossl::reopen_token_keys(ctx.get(), policy, {}).ok());
  policy.ec.key = "file:" + policy.ec.key_file();
  CHECK_TRUE(ossl::reopen_token_keys(ctx.get(), policy, {}).ok());
  POINTERS_EQUAL(before, SSL_CTX_get0_privatekey(ctx.get()));
}

TEST(TokenKeys, WhatIsNotThereNamesItsDirectiveAndNoPin) {
  policy.ec.key = "no-such-token:key?pin-value=hush";
  const auto status = ossl::reopen_token_keys(ctx.get(), policy, {});
  CHECK_FALSE(status.ok());
  STRCMP_CONTAINS("error loading TLSECCertificateKeyFile 'no-such-token:key?pin-value=...'",
                  status.error().message.c_str());
}
