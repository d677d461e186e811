// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/server_identity.h"

#include "CppUTest/TestHarness.h"
#include "tls_pair.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

namespace {

/// A root, an intermediate and a leaf.
struct Chain {
  ossl::EvpPkeyPtr root_key = test::make_ec_key();
  ossl::X509Ptr root = test::make_certificate(root_key.get(), {.name = "root", .authority = true});
  test::Issuer by_root{root.get(), root_key.get()};
  ossl::EvpPkeyPtr middle_key = test::make_ec_key();
  ossl::X509Ptr middle = test::make_certificate(
      middle_key.get(), {.name = "middle", .authority = true, .issuer = &by_root});
  test::Issuer by_middle{middle.get(), middle_key.get()};
  ossl::EvpPkeyPtr leaf_key = test::make_ec_key();
  ossl::X509Ptr leaf =
      test::make_certificate(leaf_key.get(), {.name = "leaf", .issuer = &by_middle});
};

}  // namespace

TEST_GROUP(ServerIdentity) {
  test::TemporaryFolder folder;
  ossl::BindingId binding{};
  Chain pki;
  core::ServerPolicy policy;

  void setup() override {
    policy.engine = true;
    policy.ec = {folder.write("leaf.crt", test::to_pem(pki.leaf.get())),
                 folder.write("leaf.key", test::to_pem(pki.leaf_key.get()))};
  }

  std::string failure() {
    auto built = ossl::build_context(policy, std::time(nullptr));
    return built ? "none" : built.error().message;
  }

  /// The names of the certificates a client is sent, with the given ciphers.
  std::string sent(const char *ciphers = "ALL") {
    auto built = ossl::build_context(policy, std::time(nullptr));
    if (!built) return built.error().message;
    const auto client = test::client_context(TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(client.get(), ciphers);
    test::TlsPair pair(built->ctx.get(), client.get(), ossl::ConnectionRole::control, binding);
    if (!pair.handshake()) return "no handshake";
    return names_of(SSL_get_peer_cert_chain(pair.client.ssl()));
  }

  std::string names_of(const STACK_OF(X509) * chain) {
    std::string names;
    for (int i = 0; i < sk_X509_num(chain); i++) {
      char name[100];
      X509_NAME_get_text_by_NID(X509_get_subject_name(sk_X509_value(chain, i)), NID_commonName,
                                name, sizeof(name));
      names += std::string(names.empty() ? "" : " ") + name;
    }
    return names;
  }
};

TEST(ServerIdentity, ALeafGoesAloneWithoutAnythingElse) {
  STRCMP_EQUAL("leaf", sent().c_str());
}

TEST(ServerIdentity, TheChainFileFollowsTheLeafInItsOrder) {
  policy.chain_file =
      folder.write("chain", test::to_pem(pki.middle.get()) + test::to_pem(pki.root.get()));
  STRCMP_EQUAL("leaf middle root", sent().c_str());
}

TEST(ServerIdentity, TheLeafInTheChainFileIsNotSentTwice) {
  policy.chain_file =
      folder.write("chain", test::to_pem(pki.leaf.get()) + test::to_pem(pki.middle.get()));
  STRCMP_EQUAL("leaf middle", sent().c_str());
}

TEST(ServerIdentity, RsaAndEcCertificatesServeTogetherEachWithTheChain) {
  const auto rsa_key = test::make_rsa_key();
  const auto rsa = test::make_certificate(rsa_key.get(), {.name = "rsa", .issuer = &pki.by_middle});
  policy.rsa = {folder.write("rsa.crt", test::to_pem(rsa.get())),
                folder.write("rsa.key", test::to_pem(rsa_key.get()))};
  policy.chain_file = folder.write("chain", test::to_pem(pki.leaf.get()) + test::to_pem(rsa.get()) +
                                                test::to_pem(pki.middle.get()));
  STRCMP_EQUAL("leaf middle", sent("aECDSA").c_str());
  STRCMP_EQUAL("rsa middle", sent("aRSA").c_str());
}

TEST(ServerIdentity, WithoutAChainFileTheCaFileHasTheIntermediates) {
  policy.ca_file =
      folder.write("ca", test::to_pem(pki.root.get()) + test::to_pem(pki.middle.get()));
  STRCMP_EQUAL("leaf middle", sent().c_str());
}

TEST(ServerIdentity, CaCertificatesThatDoNotBelongChangeNothing) {
  const auto key = test::make_ec_key();
  const auto other = test::make_certificate(key.get(), {.name = "other", .authority = true});
  policy.ca_file = folder.write("ca", test::to_pem(other.get()));
  STRCMP_EQUAL("leaf", sent().c_str());
}

TEST(ServerIdentity, NothingIsTrustedWhereNothingIsVerified) {
  policy.ca_file = folder.write("ca", test::to_pem(pki.root.get()));
  auto built = ossl::build_context(policy, std::time(nullptr));
  const STACK_OF(X509_OBJECT) *trusted =
      X509_STORE_get0_objects(SSL_CTX_get_cert_store(built->ctx.get()));
  LONGS_EQUAL(0, sk_X509_OBJECT_num(trusted));
  LONGS_EQUAL(0, sk_X509_NAME_num(SSL_CTX_get_client_CA_list(built->ctx.get())));
  LONGS_EQUAL(SSL_VERIFY_NONE, SSL_CTX_get_verify_mode(built->ctx.get()));
}

TEST(ServerIdentity, AServerWithoutCertificatesHasAContextAllTheSame) {
  policy.ec = {};
  STRCMP_EQUAL("none", failure().c_str());
}

TEST(ServerIdentity, UnusableFilesNameTheirDirective) {
  policy.chain_file = folder.path("missing");
  STRCMP_CONTAINS(("TLSCertificateChainFile: unable to use '" + policy.chain_file + "'").c_str(),
                  failure().c_str());
  policy.chain_file.clear();
  policy.ca_file = folder.write("empty", "");
  STRCMP_CONTAINS("TLSCACertificateFile: unable to use ", failure().c_str());
  policy.ca_file.clear();
  policy.ec.key = folder.path("missing");
  STRCMP_CONTAINS("TLSECCertificateKeyFile", failure().c_str());
}

TEST(ServerIdentity, AKeyTooWeakForTheLevelNeedsAllowWeakSecurity) {
  const auto key = test::make_rsa_key(1024);
  const auto weak = test::make_certificate(key.get(), {.name = "weak"});
  policy.ec = {};
  policy.rsa = {folder.write("weak.crt", test::to_pem(weak.get())),
                folder.write("weak.key", test::to_pem(key.get()))};
  policy.ciphers.legacy = "DEFAULT:@SECLEVEL=2";
  const std::string text = failure();
  STRCMP_CONTAINS(("error loading TLSRSACertificateFile '" + policy.rsa.certificate).c_str(),
                  text.c_str());
  STRCMP_CONTAINS("TLSOptions AllowWeakSecurity", text.c_str());
  policy.ciphers.legacy = "DEFAULT";
  policy.options = {core::Option::allow_weak_security};
  STRCMP_EQUAL("none", failure().c_str());
}

TEST(ServerIdentity, DhHas2048BitsEvenForAWeakKey) {  // Q14
  const auto key = test::make_rsa_key(1024);
  const auto weak = test::make_certificate(key.get(), {.name = "weak"});
  policy.ec = {};
  policy.rsa = {folder.write("weak.crt", test::to_pem(weak.get())),
                folder.write("weak.key", test::to_pem(key.get()))};
  policy.options = {core::Option::allow_weak_security};
  auto built = ossl::build_context(policy, std::time(nullptr));
  const auto client = test::client_context(TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(client.get(), "kDHE:@SECLEVEL=0");
  test::TlsPair pair(built->ctx.get(), client.get(), ossl::ConnectionRole::control, binding);
  CHECK(pair.handshake());
  EVP_PKEY *peer = nullptr;
  LONGS_EQUAL(1, SSL_get_peer_tmp_key(pair.client.ssl(), &peer));
  const ossl::EvpPkeyPtr owner{peer};
  LONGS_EQUAL(2048, EVP_PKEY_get_bits(peer));
}

TEST(ServerIdentity, ExpiredCertificatesAreServedWithANotice) {
  const auto old =
      test::make_certificate(pki.leaf_key.get(), {.begins = -9 * test::kDay, .ends = -test::kDay});
  policy.ec.certificate = folder.write("old.crt", test::to_pem(old.get()));
  auto built = ossl::build_context(policy, std::time(nullptr));
  CHECK(built.ok());
  UNSIGNED_LONGS_EQUAL(1, built->notices.size());
  STRCMP_CONTAINS("expired on", built->notices.front().c_str());
}

TEST(ServerIdentity, AFullChainFileBringsItsChain) {
  policy.ec.certificate =
      folder.write("full", test::to_pem(pki.leaf.get()) + test::to_pem(pki.middle.get()));
  STRCMP_EQUAL("leaf middle", sent().c_str());
}

TEST(ServerIdentity, AFullChainIsSentInOrderWithoutItsRootAndWithoutStrangers) {
  const auto key = test::make_ec_key();
  const auto other = test::make_certificate(key.get(), {.name = "other"});
  policy.ec.certificate =
      folder.write("full", test::to_pem(pki.leaf.get()) + test::to_pem(pki.root.get()) +
                               test::to_pem(other.get()) + test::to_pem(pki.middle.get()));
  STRCMP_EQUAL("leaf middle", sent().c_str());
}

TEST(ServerIdentity, EachCertificateHasTheChainOfItsFile) {
  const auto rsa_key = test::make_rsa_key();
  const test::Issuer by_root{pki.root.get(), pki.root_key.get()};
  const auto rsa = test::make_certificate(rsa_key.get(), {.name = "rsa", .issuer = &by_root});
  policy.any_type = {
      {folder.write("rsa.pem", test::to_pem(rsa.get()) + test::to_pem(rsa_key.get())), ""}};
  policy.ec.certificate =
      folder.write("full", test::to_pem(pki.leaf.get()) + test::to_pem(pki.middle.get()));
  STRCMP_EQUAL("leaf middle", sent("aECDSA").c_str());
  STRCMP_EQUAL("rsa", sent("aRSA").c_str());
}

TEST(ServerIdentity, TheChainFileGoesBeforeAFullChain) {
  policy.ec.certificate =
      folder.write("full", test::to_pem(pki.leaf.get()) + test::to_pem(pki.middle.get()));
  policy.chain_file =
      folder.write("chain", test::to_pem(pki.middle.get()) + test::to_pem(pki.root.get()));
  STRCMP_EQUAL("leaf middle root", sent().c_str());
}

TEST(ServerIdentity, ATruncatedFullChainIsNotServedInPart) {
  std::string text = test::to_pem(pki.leaf.get()) + test::to_pem(pki.middle.get());
  text.resize(text.size() - 60);
  policy.ec.certificate = folder.write("full", text);
  STRCMP_CONTAINS("error loading TLSECCertificateFile", failure().c_str());
}

TEST(ServerIdentity, Ed25519KeysServe) {
  const ossl::EvpPkeyPtr key{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
  const auto certificate = test::make_certificate(key.get(), {.name = "ed"});
  policy.ec = {};
  policy.any_type = {{folder.write("ed.crt", test::to_pem(certificate.get())),
                      folder.write("ed.key", test::to_pem(key.get()))}};
  STRCMP_EQUAL("ed", sent().c_str());
}

TEST(ServerIdentity, TwoCertificatesForOneTypeOfKeyAreRefused) {
  const auto key = test::make_ec_key();
  const auto other = test::make_certificate(key.get(), {.name = "other"});
  policy.any_type = {
      {folder.write("other.pem", test::to_pem(other.get()) + test::to_pem(key.get())), ""}};
  const std::string text = failure();
  STRCMP_CONTAINS(("TLSCertificateFile '" + policy.any_type[0].certificate +
                   "' and "
                   "TLSECCertificateFile '" +
                   policy.ec.certificate +
                   "' both have a key of type "
                   "EC")
                      .c_str(),
                  text.c_str());
}

TEST(ServerIdentity, ACertificateOfASectionTakesThePlaceOfThatOfItsType) {
  const auto key = test::make_ec_key();
  const auto other = test::make_certificate(key.get(), {.name = "other"});
  const auto rsa_key = test::make_rsa_key();
  const auto rsa = test::make_certificate(rsa_key.get(), {.name = "rsa"});
  policy.any_type = {
      {folder.write("rsa.pem", test::to_pem(rsa.get()) + test::to_pem(rsa_key.get())), ""},
      {folder.write("other.pem", test::to_pem(other.get()) + test::to_pem(key.get())), "", true}};
  STRCMP_EQUAL("other", sent("aECDSA").c_str());
  STRCMP_EQUAL("rsa", sent("aRSA").c_str());
  policy.any_type.push_back(policy.any_type.back());
  STRCMP_CONTAINS("both have a key of type EC", failure().c_str());
}
