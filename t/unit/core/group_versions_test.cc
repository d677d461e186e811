// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/group_versions.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

namespace {

const GroupVersions kKnown[] = {
    {"secp256r1", versions_between(0x0301, 0)},
    {"X25519MLKEM768", versions_between(0x0304, 0)},
    {"brainpoolP256r1", versions_between(0x0301, 0x0303)},
    {"off", versions_between(-1, -1)},
};

std::string told(std::string_view list, const ProtocolSet &offered) {
  std::string all;
  for (const std::string &notice : group_notices(list, kKnown, offered)) all += notice + ";";
  return all;
}

}  // namespace

TEST_GROUP(GroupVersions){};

TEST(GroupVersions, LimitsAreInclusiveAndMayBeMissing) {
  struct Case {
    int oldest;
    int newest;
    ProtocolSet versions;
  };
  const Case cases[] = {
      {0x0304, 0, {Protocol::tlsv1_3}},
      {0x0303, 0x0303, {Protocol::tlsv1_2}},
      {0, 0x0301, {Protocol::sslv3, Protocol::tlsv1}},
      {0x0305, 0, {}},
      {-1, 0, {}},
      {0, -1, {}},
  };
  for (const Case &c : cases) {
    CHECK_TRUE(c.versions == versions_between(c.oldest, c.newest));
  }
}

TEST(GroupVersions, OneGroupForEachVersionIsEnough) {
  for (const char *list : {"secp256r1", "SECP256R1:off", "X25519MLKEM768:secp256r1",
                           "X25519MLKEM768:brainpoolP256r1", "X25519MLKEM768:unheard-of", ""}) {
    STRCMP_EQUAL_TEXT("", told(list, kDefaultProtocols).c_str(), list);
  }
}

TEST(GroupVersions, EachVersionWithoutAGroupIsTold) {
  STRCMP_EQUAL(
      "none of the groups 'X25519MLKEM768' is for TLSv1.2, so that its clients have no ECDHE "
      "ciphers;",
      told("X25519MLKEM768", kDefaultProtocols).c_str());
  STRCMP_EQUAL(
      "none of the groups 'brainpoolP256r1:off' is for TLSv1.3, so that its clients are "
      "refused;",
      told("brainpoolP256r1:off", kDefaultProtocols).c_str());
  LONGS_EQUAL(2, group_notices("off", kKnown, kDefaultProtocols).size());
}

TEST(GroupVersions, VersionsThatAreNotOfferedNeedNone) {
  STRCMP_EQUAL("", told("X25519MLKEM768", {Protocol::tlsv1_3}).c_str());
  STRCMP_EQUAL("", told("brainpoolP256r1", {Protocol::tlsv1_2}).c_str());
}
