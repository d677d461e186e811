// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/own_arena.h"

#include <pthread.h>

#include <csignal>
#include <exception>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace mod_tls::ossl {

namespace {

struct Job {
  const std::function<void()> &work;
  std::exception_ptr thrown = nullptr;
};

/// An exception that left the thread would end the process.
void *run(void *argument) noexcept {
  auto &job = *static_cast<Job *>(argument);
  try {
    job.work();
  } catch (...) {  // NOLINT(catch): it goes on in the caller
    job.thrown = std::current_exception();
  }
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
  Job job{work};
  if (pthread_create(&thread, nullptr, run, &job) != 0) {
    work();
    return;
  }
  pthread_join(thread, nullptr);
  if (job.thrown) std::rethrow_exception(job.thrown);
}

void release_free_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

void HeapPlug::renew() {
  // What glibc keeps at hand for a thread: sizes, and how many of each.
  constexpr std::size_t kSmallest = 24;
  constexpr std::size_t kLargest = 1032;
  constexpr std::size_t kStep = 16;
  constexpr int kOfEach = 7;
  blocks_.clear();
  blocks_.reserve(((kLargest - kSmallest) / kStep + 1) * kOfEach);
  for (std::size_t size = kSmallest; size <= kLargest; size += kStep) {
    for (int i = 0; i < kOfEach; i++) {
      blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
    }
  }
}

}  // namespace mod_tls::ossl
