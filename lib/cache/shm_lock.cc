// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/shm_lock.h"

#include <cerrno>
#include <ctime>

namespace mod_tls::cache {

namespace {

constexpr long kWaitNanoseconds = 200'000'000;
constexpr long kSecond = 1'000'000'000;

timespec deadline() {
  timespec at{};
  clock_gettime(CLOCK_MONOTONIC, &at);
  at.tv_nsec += kWaitNanoseconds;
  if (at.tv_nsec >= kSecond) {
    at.tv_nsec -= kSecond;
    at.tv_sec++;
  }
  return at;
}

int lock_soon(pthread_mutex_t &lock) {
  const int at_once = pthread_mutex_trylock(&lock);
  if (at_once != EBUSY) return at_once;
  const timespec until = deadline();
  return pthread_mutex_clocklock(&lock, CLOCK_MONOTONIC, &until);
}

ShmLock::State acquire(pthread_mutex_t &lock) {
  switch (lock_soon(lock)) {
    case 0:
      return ShmLock::State::held;
    case EOWNERDEAD:
      pthread_mutex_consistent(&lock);
      return ShmLock::State::abandoned;
    default:
      return ShmLock::State::refused;
  }
}

}  // namespace

bool init_shared_lock(pthread_mutex_t &lock) {
  pthread_mutexattr_t attributes{};
  if (pthread_mutexattr_init(&attributes) != 0) return false;
  const bool done = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0 &&
                    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0 &&
                    pthread_mutex_init(&lock, &attributes) == 0;
  pthread_mutexattr_destroy(&attributes);
  return done;
}

ShmLock::ShmLock(pthread_mutex_t &lock) : lock_(lock), state_(acquire(lock)) {}

ShmLock::~ShmLock() {
  if (state_ != State::refused) pthread_mutex_unlock(&lock_);
}

}  // namespace mod_tls::cache
