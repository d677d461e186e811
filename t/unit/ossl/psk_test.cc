// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/psk.h"

#include <sys/stat.h>

#include <array>
#include <cstring>

#include "tls_pair.h"

#include "CppUTest/TestHarness.h"  // last: it redefines new

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;

namespace {

constexpr std::size_t kKeySize = 16;
/// Begins with zeros.
constexpr char kKeyText[] = "0000112233445566778899aabbccddee\n";
constexpr std::array<unsigned char, kKeySize> kKey{0,    0,    0x11, 0x22, 0x33, 0x44, 0x55, 0x66,
                                                   0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee};

/// What the client says: its identity, and whether it has the key.
struct Claim {
  const char *identity;
  bool has_key = true;
};

/// The library's pre-1.3 interface serves TLS 1.3, too: as a key with SHA-256.
unsigned on_client_key(SSL *ssl, const char *, char *identity, unsigned identity_size,
                       unsigned char *key, unsigned key_size) {
  const auto *claim = static_cast<const Claim *>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  if (std::strlen(claim->identity) >= identity_size || key_size < kKeySize) return 0;
  std::memcpy(identity, claim->identity, std::strlen(claim->identity) + 1);
  std::memcpy(key, kKey.data(), kKeySize);
  if (!claim->has_key) key[0] = 1;
  return kKeySize;
}

}  // namespace

TEST_GROUP(Psk) {
  test::TemporaryFolder folder;
  ossl::BindingId binding{};
  std::string lines;
  bool external = false;

  std::string key_file(const char *text = kKeyText, mode_t mode = 0600) const {
    const std::string path = folder.write("key.psk", text);
    ::chmod(path.c_str(), mode);
    return path;
  }

  core::ServerPolicy policy_with(const std::string &path) const {
    auto policy = test::ec_policy(folder);
    policy.pre_shared_keys = {{"alice", path}};
    return policy;
  }

  std::string notice_for(const std::string &path) const {
    auto built = ossl::build_context(policy_with(path), std::time(nullptr));
    return built->notices.empty() ? "" : built->notices.front();
  }

  /// The cipher agreed on; "refused" if there was none.
  std::string connect(int version, Claim claim, const char *ciphers = "PSK") {
    const auto built = ossl::build_context(policy_with(key_file()), std::time(nullptr));
    const auto client = test::client_context(version);
    SSL_CTX_set_cipher_list(client.get(), ciphers);
    SSL_CTX_set_app_data(client.get(), &claim);
    SSL_CTX_set_psk_client_callback(client.get(), on_client_key);
    test::TlsPair pair(built.value().ctx.get(), client.get(), ossl::ConnectionRole::control,
                       binding);
    const bool done = pair.handshake();
    lines.clear();
    for (const std::string &line : ossl::psk_lines(pair.server.ssl())) lines += line;
    external = ossl::used_external_key(pair.server.ssl());
    return done ? SSL_get_cipher_name(pair.server.ssl()) : "refused";
  }
};

TEST(Psk, AKeyThatBeginsWithZerosServesTls12) {
  STRCMP_CONTAINS("PSK", connect(TLS1_2_VERSION, {"alice"}).c_str());
  STRCMP_EQUAL("found PSK (16 bytes) for identity 'alice'", lines.c_str());
  CHECK_FALSE(external);
}

TEST(Psk, AnExternalKeyServesTls13) {
  STRCMP_EQUAL("TLS_AES_128_GCM_SHA256", connect(TLS1_3_VERSION, {"alice"}).c_str());
  CHECK_TRUE(external);
}

TEST(Psk, AWrongKeyIsRefused) {
  STRCMP_EQUAL("refused", connect(TLS1_2_VERSION, {"alice", false}).c_str());
  STRCMP_EQUAL("refused", connect(TLS1_3_VERSION, {"alice", false}).c_str());
}

TEST(Psk, AStrangerIsRefusedLikeAWrongKeyInTls12) {
  STRCMP_EQUAL("refused", connect(TLS1_2_VERSION, {"bob"}).c_str());
  STRCMP_EQUAL("warning: requested PSK identity 'bob' not configured, providing random fake PSK",
               lines.c_str());
}

TEST(Psk, AStrangerFallsBackToCertificatesInTls13) {
  CHECK_TRUE(connect(TLS1_3_VERSION, {"bob"}) != "refused");
  CHECK_FALSE(external);
}

TEST(Psk, OthersAreServedByCertificate) {
  STRCMP_CONTAINS("ECDHE-ECDSA",
                  connect(TLS1_2_VERSION, {"alice"}, "ECDHE-ECDSA-AES128-GCM-SHA256").c_str());
  STRCMP_EQUAL("", lines.c_str());
}

TEST(Psk, AnIdentityWithoutNameGetsAFakeKey) {
  STRCMP_EQUAL("refused", connect(TLS1_2_VERSION, {""}).c_str());
}

TEST(Psk, UnusableKeysAreLeftOutWithANotice) {
  STRCMP_EQUAL("", notice_for(key_file()).c_str());
  STRCMP_CONTAINS("TLSPreSharedKey 'alice': not using '/nonexistent': No such file",
                  notice_for("/nonexistent").c_str());
  STRCMP_CONTAINS("everybody can read or write it", notice_for(key_file(kKeyText, 0644)).c_str());
  STRCMP_CONTAINS("everybody can read or write it", notice_for(key_file(kKeyText, 0602)).c_str());
  STRCMP_CONTAINS("other than hexadecimal digits", notice_for(key_file("secret")).c_str());
  STRCMP_CONTAINS("Is a directory", notice_for("/").c_str());
  STRCMP_CONTAINS("its key has only 80 bits, which is weak",
                  notice_for(key_file("00112233445566778899")).c_str());
}

TEST(Psk, TheFirstKeyOfAnIdentityCounts) {
  auto policy = policy_with(key_file());
  policy.pre_shared_keys.push_back({"alice", folder.path("other.psk")});
  const auto built = ossl::build_context(policy, std::time(nullptr));
  LONGS_EQUAL(1, built.value().notices.size());
  STRCMP_CONTAINS("the first key of an identity counts", built.value().notices.front().c_str());
}
