// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/heap.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <utility>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace mod_tls::ossl {

namespace {

constexpr std::size_t kSmallest = 24;
constexpr std::size_t kStep = 16;
/// glibc keeps some freed blocks of up to this size at hand, instead of joining their neighbours.
constexpr std::size_t kLargestKeptAtHand = 1032;
constexpr std::size_t kNeverKeptAtHand = 2 * kLargestKeptAtHand;
constexpr std::size_t kLargest = std::size_t{64} * 1024;

std::size_t next_smaller(std::size_t size) {
  return size > kLargestKeptAtHand ? std::max(size / 5 * 4, kLargestKeptAtHand) : size - kStep;
}

/// Where the heap's last block begins, the one that grows; null where nobody knows.
void *start_of_top() {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
  return static_cast<std::byte *>(sbrk(0)) - mallinfo2().keepcost;
#else
  return nullptr;
#endif
}

// NOLINTBEGIN(cppcoreguidelines-owning-memory,cppcoreguidelines-no-malloc): nothing else can grow a
// block in its place

void *take(std::size_t size) {
  return std::malloc(size);  // NOLINT(malloc): as above
}

void give_back(void *block) {
  std::free(block);  // NOLINT(malloc): as above
}

/// Frees a block that lies right before the top so that it becomes part of it.
void melt_into_top(void *block) {
  void *grown = std::realloc(block, kNeverKeptAtHand);  // NOLINT(malloc): as above
  give_back(grown != nullptr ? grown : block);
}

// NOLINTEND(cppcoreguidelines-owning-memory,cppcoreguidelines-no-malloc)

}  // namespace

void release_free_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

void HeapPlug::pull() {
  while (held_ != nullptr) give_back(std::exchange(held_, held_->next));
}

void HeapPlug::renew() {
  pull();
  const auto *top = static_cast<const Block *>(start_of_top());
  if (top == nullptr) return;
  std::vector<void *> from_top;
  from_top.reserve(kLargestKeptAtHand / kStep + 1);
  for (std::size_t size = kLargest; size >= kSmallest; size = next_smaller(size)) {
    Block *block = hold_holes(size, top);
    if (size > kLargestKeptAtHand) {
      give_back(block);
    } else {
      from_top.push_back(block);
    }
  }
  std::for_each(from_top.rbegin(), from_top.rend(), melt_into_top);
}

/// Holds all holes for `size` bytes. The first block that lies behind them.
HeapPlug::Block *HeapPlug::hold_holes(std::size_t size, const Block *top) {
  for (;;) {
    auto *block = static_cast<Block *>(take(size));
    if (block == nullptr || !std::less<>{}(static_cast<const Block *>(block), top)) return block;
    block->next = std::exchange(held_, block);
  }
}

}  // namespace mod_tls::ossl
