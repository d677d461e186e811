// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/heap.h"

#include <array>
#include <cstddef>
#include <memory>

#include "CppUTest/TestHarness.h"

namespace ossl = mod_tls::ossl;

TEST_GROUP(Heap){};

TEST(Heap, WhatIsFreeBetweenLongLivedBlocksIsNotGivenOutWhileAPlugHoldsIt) {
  constexpr std::size_t kSize = 5000;
  std::array<std::unique_ptr<std::byte[]>, 20> blocks;
  for (auto &block : blocks) block = std::make_unique<std::byte[]>(kSize);
  const std::byte *hole = blocks[10].get();
  blocks[10].reset();
  ossl::HeapPlug plug;
  plug.renew();
  const auto next = std::make_unique<std::byte[]>(kSize);
  CHECK_TRUE(next.get() != hole);
}

TEST(Heap, APlugCanBeRenewed) {
  ossl::HeapPlug plug;
  plug.renew();
  plug.renew();
  ossl::release_free_memory();
}
