// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/stream_poll.h"

namespace mod_tls::glue {

namespace {

SteadyTime poll_deadline(const pr_netio_stream_t *stream) {
  const unsigned long seconds =
      (stream->strm_flags & PR_NETIO_SESS_INTR) != 0 ? stream->strm_interval : 60;
  return deadline_in(std::chrono::seconds{seconds});
}

}  // namespace

int poll_stream(const pr_netio_stream_t *stream, WaitHooks hooks) {
  const Ready what = stream->strm_mode == PR_NETIO_IO_RD ? Ready::readable : Ready::writable;
  switch (wait_for(stream->strm_fd, what, poll_deadline(stream), std::move(hooks))) {
    case Waited::ready:
      return 1;
    case Waited::timed_out:
      return 0;
    case Waited::interrupted:
      errno = EINTR;
      return -1;
    case Waited::failed:
      return -1;
  }
  return -1;
}

}  // namespace mod_tls::glue
