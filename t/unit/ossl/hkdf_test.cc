// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/hkdf.h"

#include <array>
#include <string>
#include <vector>

#include "CppUTest/TestHarness.h"

using mod_tls::ossl::hkdf_sha256;

namespace {

std::vector<std::byte> bytes_of(const std::string &hex) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

}  // namespace

TEST_GROUP(Hkdf){};

TEST(Hkdf, GivesWhatRfc5869Appendix3Expects) {
  const std::vector<std::byte> secret(22, std::byte{0x0b});
  std::array<std::byte, 42> key{};
  CHECK_TRUE(hkdf_sha256(secret, {}, key));
  const auto expected = bytes_of(
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
  MEMCMP_EQUAL(expected.data(), key.data(), key.size());
}

TEST(Hkdf, AnotherPurposeGivesAnotherKey) {
  const std::vector<std::byte> secret(22, std::byte{0x0b});
  std::array<std::byte, 32> one{};
  std::array<std::byte, 32> other{};
  CHECK_TRUE(hkdf_sha256(secret, bytes_of("01"), one));
  CHECK_TRUE(hkdf_sha256(secret, bytes_of("02"), other));
  CHECK_TRUE(one != other);
}

TEST(Hkdf, MoreThanTheAlgorithmCanGiveIsRefused) {
  const std::vector<std::byte> secret(22, std::byte{0x0b});
  std::vector<std::byte> key(255 * 32 + 1);
  CHECK_FALSE(hkdf_sha256(secret, {}, key));
}
