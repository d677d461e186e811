// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/own_arena.h"

#include <pthread.h>

#include <csignal>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace mod_tls::ossl {

namespace {

void *run(void *work) {
  (*static_cast<const std::function<void()> *>(work))();
  return nullptr;
}

/// Blocks every signal in the calling thread, and so in those it starts, for its lifetime.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked &) = delete;
  SignalsBlocked &operator=(const SignalsBlocked &) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

void run_in_own_arena(const std::function<void()> &work) {
  const SignalsBlocked blocked;
  pthread_t thread{};
  void *argument = const_cast<std::function<void()> *>(&work);
  if (pthread_create(&thread, nullptr, run, argument) != 0) {
    work();
    return;
  }
  pthread_join(thread, nullptr);
}

void release_free_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace mod_tls::ossl
