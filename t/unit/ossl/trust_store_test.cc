// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/trust_store.h"

#include <array>
#include <cstdio>

#include "CppUTest/TestHarness.h"
#include "test_pki.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

TEST_GROUP(TrustStore) {
  test::TemporaryFolder folder;
  ossl::EvpPkeyPtr key = test::make_ec_key();
  ossl::X509Ptr ca = test::make_certificate(key.get(), {.name = "root", .authority = true});
  ossl::SslCtxPtr ctx{SSL_CTX_new(TLS_server_method())};
  core::ServerPolicy policy = verifying();

  static core::ServerPolicy verifying() {
    core::ServerPolicy result;
    result.verify_client = core::VerifyClient::on;
    return result;
  }

  std::string set() {
    auto notices = ossl::set_trust(ctx.get(), policy, std::time(nullptr));
    if (!notices) return "error: " + notices.error().message;
    std::string text;
    for (const std::string &notice : *notices) text += notice + "\n";
    return text;
  }

  [[nodiscard]] int names() const {
    return sk_X509_NAME_num(SSL_CTX_get_client_CA_list(ctx.get()));
  }

  [[nodiscard]] std::string hashed_name() const {
    std::array<char, 16> name{};
    std::snprintf(name.data(), name.size(), "%08lx.0", X509_subject_name_hash(ca.get()));
    return name.data();
  }

  [[nodiscard]] std::string digest() const {
    return ossl::trust_digest(SSL_CTX_get_cert_store(ctx.get()));
  }
};

TEST(TrustStore, TheCertificatesOfTheFileAreTrustedAndNamedOnce) {
  policy.ca_file = folder.write("ca.pem", test::to_pem(ca.get()) + test::to_pem(ca.get()));
  const std::string before = digest();
  STRCMP_EQUAL("", set().c_str());
  LONGS_EQUAL(1, names());
  CHECK(before != digest());
}

TEST(TrustStore, OfADirectoryOnlyRightHashesCount) {
  policy.ca_path = folder.path("");
  folder.write("ca.pem", test::to_pem(ca.get()));
  folder.write("00000000.0", test::to_pem(ca.get()));
  STRCMP_CONTAINS("00000000.0': the name is not the hash of its subject", set().c_str());
  LONGS_EQUAL(0, names());
  folder.write(hashed_name(), test::to_pem(ca.get()));
  set();
  LONGS_EQUAL(1, names());
}

TEST(TrustStore, FilesThatCannotBeUsedNameTheirDirective) {
  policy.ca_file = "/nonexistent";
  STRCMP_CONTAINS("TLSCACertificateFile: unable to use '/nonexistent'", set().c_str());
  policy.ca_file = folder.write("ca.pem", test::to_pem(ca.get()));
  policy.crl_file = policy.ca_file;
  STRCMP_CONTAINS("TLSCARevocationFile: unable to use", set().c_str());
  policy.crl_file = "";
  policy.crl_path = "/nonexistent";
  STRCMP_CONTAINS("TLSCARevocationPath: unable to use '/nonexistent'", set().c_str());
}

TEST(TrustStore, CrlsAreAskedForOfTheWholeChainOnlyIfThereAreAny) {
  constexpr unsigned long kFlags = X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
  policy.ca_file = folder.write("ca.pem", test::to_pem(ca.get()));
  set();
  const X509_STORE *store = SSL_CTX_get_cert_store(ctx.get());
  CHECK((X509_VERIFY_PARAM_get_flags(X509_STORE_get0_param(store)) & kFlags) == 0);
  policy.crl_path = folder.path("");
  set();
  CHECK((X509_VERIFY_PARAM_get_flags(X509_STORE_get0_param(store)) & kFlags) == kFlags);
}

TEST(TrustStore, TheFilesOfDirectoriesAreWatchedWhereClientsAreVerified) {
  policy.ca_path = folder.path("");
  policy.crl_file = "/crl.pem";
  const std::string file = folder.write(hashed_name(), "");
  LONGS_EQUAL(2, ossl::trust_files(policy).size());
  CHECK(ossl::trust_files(policy)[0].ends_with(hashed_name()));
  policy.verify_client = core::VerifyClient::off;
  CHECK(ossl::trust_files(policy).empty());
}
