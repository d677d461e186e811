// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <sys/types.h>

#include <vector>

#include "abi/ocsp_cache_client.h"
#include "cache/staple_board.h"
#include "glue/staple_job.h"

namespace mod_tls::glue {

/// StapleRefresher is the daemon's handle of the process that asks OCSP responders. The process
/// ends when the daemon does: it watches a pipe that only the daemon holds. What it reads is
/// hostile, so before it asks anybody it gives up root for good, and the keys and sockets that it
/// has from the daemon.
class StapleRefresher {
 public:
  StapleRefresher() = default;
  StapleRefresher(const StapleRefresher &) = delete;
  StapleRefresher &operator=(const StapleRefresher &) = delete;
  ~StapleRefresher() = default;

  void start(std::vector<StapleJob> jobs, abi::OcspCacheClient &cache, cache::StapleBoard &board);
  [[nodiscard]] bool is_alive() const;
  /// Ends the process, if there is one.
  void stop();
  /// In a session: lets go of what it has inherited, so that the daemon's end is noticed.
  void leave();

 private:
  pid_t pid_ = -1;
  int lifeline_ = -1;
};

}  // namespace mod_tls::glue
