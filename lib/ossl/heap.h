// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <utility>

namespace mod_tls::ossl {

/// Gives memory that is free inside the heap back to the system, where that can be done. After
/// work with large or many short-lived objects, in processes that then live on for long.
void release_free_memory();

/// HeapPlug holds what is free between the long-lived blocks of the heap, so that processes forked
/// later take fresh memory, in one place. malloc(3) would give them the holes instead, and each
/// page they touch that way becomes a private copy. What it costs the process that holds it is
/// memory that is its own already. Does nothing where the C library does not tell where the heap
/// ends (mallinfo2(3)).
class HeapPlug {
 public:
  HeapPlug() = default;
  HeapPlug(const HeapPlug &) = delete;
  HeapPlug &operator=(const HeapPlug &) = delete;
  HeapPlug(HeapPlug &&other) noexcept { swap(other); }
  HeapPlug &operator=(HeapPlug &&other) noexcept {
    swap(other);
    return *this;
  }
  ~HeapPlug() { pull(); }

  /// Gives back what it holds. Before work whose results are to live long: it would grow the heap.
  void pull();
  /// Gives back what it holds, and takes all there is now.
  void renew();

 private:
  struct Block {
    Block *next;
  };
  Block *held_ = nullptr;

  void swap(HeapPlug &other) noexcept { std::swap(held_, other.held_); }
  [[nodiscard]] Block *hold_holes(std::size_t size, const Block *top);
};

}  // namespace mod_tls::ossl
