// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <memory_resource>

namespace mod_tls::ossl {

/// LockedMemory hands out whole pages for keys: not to be swapped out or dumped, where the system
/// allows that, and wiped when they come back.
class LockedMemory final : public std::pmr::memory_resource {
 private:
  void *do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void *memory, std::size_t bytes, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const memory_resource &other) const noexcept override {
    return this == &other;
  }
};

/// Locks the pages of `bytes` bytes from `memory` on. A fork undoes locks, so each process asks
/// for its own. False where the system refuses (RLIMIT_MEMLOCK): nothing depends on it.
bool lock_pages(const void *memory, std::size_t bytes);

}  // namespace mod_tls::ossl
