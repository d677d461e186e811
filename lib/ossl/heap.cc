// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/heap.h"

#include <unistd.h>

#include <algorithm>
#include <functional>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace mod_tls::ossl {

namespace {

constexpr std::size_t kSmallest = 24;
constexpr std::size_t kStep = 16;
/// Freed blocks of up to this size are kept at hand, and not joined with their neighbours.
constexpr std::size_t kLargestKeptAtHand = 1032;
constexpr std::size_t kLargest = std::size_t{64} * 1024;

std::size_t next_smaller(std::size_t size) {
  return size > kLargestKeptAtHand ? std::max(size / 5 * 4, kLargestKeptAtHand) : size - kStep;
}

/// Where the heap's last block begins, the one that grows; null where nobody knows.
const std::byte *start_of_top() {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
  return static_cast<const std::byte *>(sbrk(0)) - mallinfo2().keepcost;
#else
  return nullptr;
#endif
}

}  // namespace

void release_free_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

void HeapPlug::renew() {
  blocks_.clear();
  fill_holes();
}

void HeapPlug::fill_holes() {
  const std::byte *top = start_of_top();
  if (top == nullptr) return;
  for (std::size_t size = kLargest; size >= kSmallest; size = next_smaller(size)) {
    while (take(size, top)) {
    }
  }
}

/// Whether there was a hole for it. A small block from the top is held all the same: freed, it
/// would be the first that the sessions get.
bool HeapPlug::take(std::size_t size, const std::byte *end_of_holes) {
  Block block = std::make_unique_for_overwrite<std::byte[]>(size);
  const bool fits = std::less<>{}(block.get(), end_of_holes);
  if (fits || size <= kLargestKeptAtHand) blocks_.push_front(std::move(block));
  return fits;
}

}  // namespace mod_tls::ossl
