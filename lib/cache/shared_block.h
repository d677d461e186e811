// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <sys/mman.h>

#include <memory>

namespace mod_tls::cache {

/// SharedBlock is a T, valid when all its bits are 0, in memory that this process shares with all
/// it forks later.
template <class T>
class SharedBlock {
 public:
  SharedBlock()
      : address_(
            ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (address_ != MAP_FAILED) value_ = std::construct_at(static_cast<T *>(address_));
  }
  SharedBlock(const SharedBlock &) = delete;
  SharedBlock &operator=(const SharedBlock &) = delete;
  ~SharedBlock() {
    if (address_ != MAP_FAILED) ::munmap(address_, sizeof(T));
  }

  /// Where there was no memory to share, the process's own serves.
  T &operator*() { return value_ != nullptr ? *value_ : own_; }
  T *operator->() { return &**this; }

 private:
  void *address_;
  T *value_ = nullptr;
  T own_{};
};

}  // namespace mod_tls::cache
