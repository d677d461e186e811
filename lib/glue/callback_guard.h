// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <exception>

#include "glue/log.h"
#include "glue/proftpd.h"

namespace mod_tls::glue {

/// Runs `body` on behalf of C code: an exception becomes a syslog line, errno EIO and `fallback`.
template <class Fallback, class Body>
auto guarded(Fallback fallback, Body &&body) noexcept -> decltype(body()) {
  try {
    return body();
  } catch (const std::exception &e) {
    log_syslog(PR_LOG_ERR, e.what());
  } catch (...) {
    log_syslog(PR_LOG_ERR, "unknown exception");
  }
  errno = EIO;
  return fallback;
}

/// Wraps a command or directive handler for the host's tables.
template <modret_t *(*Handler)(cmd_rec *)>
modret_t *guarded_handler(cmd_rec *cmd) noexcept {
  modret_t *result = nullptr;
  const bool returned = guarded(false, [&] {
    result = Handler(cmd);
    return true;
  });
  if (returned) return result;
  pr_response_add_err(R_451, "%s", "Internal error");
  return PR_ERROR(cmd);
}

/// Wraps an event handler.
template <void (*Handler)(const void *)>
void guarded_event(const void *data, void *) noexcept {
  guarded(0, [data] {
    Handler(data);
    return 0;
  });
}

/// Calls `work`; an exception ends the session: what goes on without the rest of it would be less
/// protected than it looks.
template <class Work>
void guarded_or_end(Work work) noexcept {
  const bool done = guarded(false, [&] {
    work();
    return true;
  });
  if (!done) pr_session_end(PR_SESS_END_FL_ERROR);
}

/// Wraps a command handler that decides on whether the session may go on.
template <modret_t *(*Handler)(cmd_rec *)>
modret_t *guarded_handler_or_end(cmd_rec *cmd) noexcept {
  modret_t *result = nullptr;
  guarded_or_end([&] { result = Handler(cmd); });
  return result;
}

}  // namespace mod_tls::glue
