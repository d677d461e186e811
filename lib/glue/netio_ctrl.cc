// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/netio_ctrl.h"

#include "glue/callback_guard.h"
#include "glue/module_state.h"
#include "glue/stream_poll.h"
#include "glue/transfer_abort.h"

namespace mod_tls::glue {

namespace {

using Stream = pr_netio_stream_t;

ControlChannel *channel() {
  const auto &session = module_state().session;
  return session ? session->channel() : nullptr;
}

bool is_look_during_transfer(const Stream *stream) {
  return (session.sf_flags & SF_XFER) != 0 && (stream->strm_flags & PR_NETIO_SESS_INTR) != 0 &&
         stream->strm_interval == 0;
}

int look_during_transfer(ControlChannel &control) {
  if (!control.look_is_due()) return 0;
  control.tend_keys();
  switch (look_for_abort(control)) {
    case ControlChannel::Ahead::nothing:
    case ControlChannel::Ahead::abort:
      return 0;
    case ControlChannel::Ahead::command:
    case ControlChannel::Ahead::ended:
      return 1;
  }
  return 0;
}

int on_poll(Stream *stream) noexcept {
  return guarded(-1, [stream] {
    ControlChannel &control = *channel();
    if (stream->strm_mode != PR_NETIO_IO_RD) return 1;  // write() waits itself
    if (is_look_during_transfer(stream)) return look_during_transfer(control);
    control.tend_keys();
    if (control.readable_now()) return 1;
    return poll_stream(stream, {.interrupt = [stream, &control] {
                         control.tend_keys();
                         return control.readable_now() ||
                                (stream->strm_flags & PR_NETIO_SESS_ABORT) != 0;
                       }});
  });
}

/// The client has begun a renegotiation that is not allowed, or sends nothing but key updates.
void end_session_of_client(const ControlChannel &control) {
  log_syslog(PR_LOG_NOTICE, control.fault());
  pr_session_disconnect(&tls_module, PR_SESS_DISCONNECT_CONFIG_ACL,
                        "TLSOption AllowClientRenegotiations");
}

int on_read(Stream *, char *buffer, std::size_t size) noexcept {
  return guarded(-1, [=] {
    ControlChannel &control = *channel();
    const int result = control.read({buffer, size});
    if (result <= 0) module_state().session->tell_verification();
    if (result <= 0 && control.broken_by_client()) end_session_of_client(control);
    return result;
  });
}

int on_write(Stream *, char *buffer, std::size_t size) noexcept {
  return guarded(-1, [=] { return channel()->write({buffer, size}); });
}

int on_shutdown(Stream *stream, int how) noexcept {
  return guarded(-1, [=] {
    channel()->close();
    return ::shutdown(stream->strm_fd, how);
  });
}

int on_close(Stream *stream) noexcept {
  return guarded(-1, [stream] {
    channel()->close();
    module_state().session->tell_statistics();
    const int result = ::close(stream->strm_fd);
    stream->strm_fd = -1;
    return result;
  });
}

void on_abort(Stream *stream) noexcept {
  stream->strm_flags = stream->strm_flags | PR_NETIO_SESS_ABORT;
}

}  // namespace

void register_control_netio() {
  pr_netio_t *netio = pr_alloc_netio2(session.pool, &tls_module, kVersion);
  netio->poll = on_poll;
  netio->read = on_read;
  netio->write = on_write;
  netio->shutdown = on_shutdown;
  netio->close = on_close;
  netio->abort = on_abort;
  pr_register_netio(netio, PR_NETIO_STRM_CTRL);
}

}  // namespace mod_tls::glue
