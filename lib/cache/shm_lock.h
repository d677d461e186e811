// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <pthread.h>

namespace mod_tls::cache {

/// Makes a mutex that processes share, and that the kernel unlocks if its owner dies.
[[nodiscard]] bool init_shared_lock(pthread_mutex_t &lock);

/// ShmLock holds such a mutex for a scope. It waits for a fifth of a second at most: holders only
/// ever copy a few kilobytes.
class ShmLock {
 public:
  enum class State {
    held,
    abandoned,  ///< Held; the last owner died while it held it, so what it guards may be half done.
    refused,    ///< Not held.
  };

  explicit ShmLock(pthread_mutex_t &lock);
  ShmLock(const ShmLock &) = delete;
  ShmLock &operator=(const ShmLock &) = delete;
  ~ShmLock();

  [[nodiscard]] State state() const { return state_; }

 private:
  pthread_mutex_t &lock_;
  State state_;
};

}  // namespace mod_tls::cache
