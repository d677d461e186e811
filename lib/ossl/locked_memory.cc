// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/locked_memory.h"

#include <openssl/crypto.h>
#include <sys/mman.h>
#include <unistd.h>

namespace mod_tls::ossl {

namespace {

std::size_t whole_pages(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

}  // namespace

void *LockedMemory::do_allocate(std::size_t bytes, std::size_t) {
  const std::size_t size = whole_pages(bytes);
  void *memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  // Reports the failure as any container expects it.
  if (memory == MAP_FAILED) return std::pmr::null_memory_resource()->allocate(bytes);
  (void)lock_pages(memory, size);
#ifdef MADV_DONTDUMP
  (void)::madvise(memory, size, MADV_DONTDUMP);
#endif
  return memory;
}

void LockedMemory::do_deallocate(void *memory, std::size_t bytes, std::size_t) {
  OPENSSL_cleanse(memory, bytes);
  (void)::munmap(memory, whole_pages(bytes));
}

bool lock_pages(const void *memory, std::size_t bytes) {
  return memory == nullptr || ::mlock(memory, bytes) == 0;
}

}  // namespace mod_tls::ossl
