// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/ip_address.h"

#include <vector>

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

namespace {

using Bytes = std::vector<std::uint8_t>;

const Bytes kV4{192, 0, 2, 7};
const Bytes kV6{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 7};

Bytes mapped(const Bytes &v4) {
  Bytes address{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  address.insert(address.end(), v4.begin(), v4.end());
  return address;
}

Bytes v6(std::uint8_t first, std::uint8_t second, std::uint8_t last) {
  Bytes address(16);
  address[0] = first;
  address[1] = second;
  address[15] = last;
  return address;
}

}  // namespace

TEST_GROUP(IpAddress){};

TEST(IpAddress, TheyAreComparedAsNumbers) {
  CHECK_TRUE(same_address(kV4, kV4));
  CHECK_TRUE(same_address(mapped(kV4), kV4));
  CHECK_TRUE(same_address(kV4, mapped(kV4)));
  CHECK_TRUE(same_address(kV6, kV6));
  CHECK_FALSE(same_address(kV4, Bytes{192, 0, 2, 8}));
  CHECK_FALSE(same_address(kV6, kV4));
  CHECK_FALSE(same_address({}, {}));
}

TEST(IpAddress, HostsMayBeAsked) {
  for (const Bytes &v4 : {kV4, Bytes{127, 0, 0, 1}, Bytes{10, 0, 0, 1}, Bytes{169, 253, 0, 1},
                          Bytes{223, 255, 255, 255}}) {
    CHECK_TRUE(may_be_asked(v4));
    CHECK_TRUE(may_be_asked(mapped(v4)));
  }
  for (const Bytes &address : {kV6, v6(0, 0, 1), v6(0xfd, 0, 1), v6(0xfe, 0xc0, 1)}) {
    CHECK_TRUE(may_be_asked(address));
  }
}

TEST(IpAddress, TheLinkGroupsAndNobodyMayNot) {
  for (const Bytes &v4 : {Bytes{0, 0, 0, 0}, Bytes{0, 1, 2, 3}, Bytes{169, 254, 169, 254},
                          Bytes{224, 0, 0, 1}, Bytes{255, 255, 255, 255}}) {
    CHECK_FALSE(may_be_asked(v4));
    CHECK_FALSE(may_be_asked(mapped(v4)));
  }
  for (const Bytes &address : {v6(0, 0, 0), v6(0xfe, 0x80, 1), v6(0xfe, 0xbf, 1), v6(0xff, 2, 1)}) {
    CHECK_FALSE(may_be_asked(address));
  }
  CHECK_FALSE(may_be_asked({}));
  CHECK_FALSE(may_be_asked(Bytes(5)));
}
