// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/secret.h"

#include <type_traits>

#include "CppUTest/TestHarness.h"

using mod_tls::core::SecretBytes;

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);

TEST_GROUP(Secret){};

TEST(Secret, MovesAndLeavesNothingBehind) {
  SecretBytes first{{1, 2, 3}};
  SecretBytes second{std::move(first)};
  LONGS_EQUAL(3, second.size());
  CHECK_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  SecretBytes third;
  CHECK_TRUE(third.empty());
  third = std::move(second);
  LONGS_EQUAL(2, third.view()[1]);
}
