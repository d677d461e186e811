// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/netio_data.h"

#include <algorithm>
#include <cstring>

#include "glue/callback_guard.h"
#include "glue/module_state.h"
#include "glue/stream_poll.h"
#include "glue/transfer_abort.h"

namespace mod_tls::glue {

namespace {

using Stream = pr_netio_stream_t;

/// The host's own callbacks, for connections that are not protected.
pr_netio_t *host_netio() {
  return module_state().host_data_netio;
}

TlsSession *tls() {
  return module_state().session.get();
}
DataChannel *channel() {
  return tls() != nullptr ? tls()->data() : nullptr;
}

/// Whether bytes may go through the host's callbacks. Where protection was promised and there is
/// no channel, something went wrong before: nothing leaves in clear then.
bool may_go_in_clear() {
  if (tls() == nullptr || !tls()->data_protected()) return true;
  tls_log_line("data connection is not protected although it has to be, refusing to use it");
  errno = EPERM;
  return false;
}

bool is_upload() {
  return session.xfer.direction == PR_NETIO_IO_RD;
}

WaitHooks transfer_hooks() {
  WaitHooks hooks{.interrupt = transfer_aborted};
  ControlChannel *control = tls()->channel();
  if (control == nullptr) return hooks;
  hooks.also_readable = control->transport().read_fd();
  hooks.on_also = [control] { return look_for_abort(*control) == ControlChannel::Ahead::nothing; };
  return hooks;
}

/// The reply keeps the host's code and last line; the reason goes in front of it.
int refuse(const std::string &reason) {
  tls_log_line(tls()->is_data_client() ? "unable to open data connection: TLS connection failed"
                                       : "unable to open data connection: TLS negotiation failed");
  pr_response_add_err(R_425, "%s", reason.c_str());
  session.d->xerrno = EPERM;
  errno = EPERM;
  return -1;
}

/// The host's listening socket is corked, and what it accepts inherits that: a handshake flight
/// would leave 200 ms late. What is worth gathering is gathered here.
void send_without_delay(int fd) {
  const int on = 1;
  (void)pr_inet_set_proto_cork(fd, 0);
  (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int start_protection() {
  send_without_delay(PR_NETIO_FD(session.d->outstrm));
  const auto refusal = tls()->start_data_tls(PR_NETIO_FD(session.d->instrm),
                                             PR_NETIO_FD(session.d->outstrm), transfer_hooks());
  if (refusal) return refuse(*refusal);
  if (is_upload()) {
    channel()->begin_upload(tls()->requires_close_notify());
  } else {
    channel()->begin_download(static_cast<std::size_t>(main_server->tcp_sndbuf_len));
  }
  tls()->start_data_rekeying();
  return 0;
}

int on_postopen(Stream *stream) noexcept {
  session.d->xerrno = EIO;  // what the host reports if this fails unexpectedly
  const int result = guarded(-1, [stream] {
    if (stream != session.d->instrm || tls() == nullptr) return 0;
    tls()->drop_data();
    return tls()->data_protected() ? start_protection() : 0;
  });
  if (result == 0) session.d->xerrno = 0;
  return result;
}

int on_poll(Stream *stream) noexcept {
  if (channel() != nullptr) return 1;  // read and write wait themselves, where they have to
  const bool transferring = (session.sf_flags & SF_XFER) != 0;
  if (!transferring || tls() == nullptr) return host_netio()->poll(stream);
  // As the host would, but seeing an encrypted ABOR, too.
  return guarded(-1, [stream] { return poll_stream(stream, transfer_hooks()); });
}

/// The host adds its own 426 behind the reason, if there is one to tell.
int explained(int bytes) {
  if (bytes >= 0 || channel()->told().empty()) return bytes;
  pr_response_add_err(R_426, "%s", channel()->told().c_str());
  errno = ECONNABORTED;
  return -1;
}

int on_read(Stream *stream, char *buffer, std::size_t size) noexcept {
  if (channel() == nullptr) {
    return may_go_in_clear() ? host_netio()->read(stream, buffer, size) : -1;
  }
  return guarded(-1, [=] { return explained(channel()->read({buffer, size})); });
}

/// Whether nothing is known to follow: the host ignores what fails after its last write.
bool may_be_last_chunk(std::size_t size) {
  const off_t sent = session.restart_pos + session.xfer.total_bytes + static_cast<off_t>(size);
  return sent >= session.xfer.file_size;
}

int on_write(Stream *stream, char *buffer, std::size_t size) noexcept {
  if (channel() == nullptr) {
    return may_go_in_clear() ? host_netio()->write(stream, buffer, size) : -1;
  }
  return guarded(-1, [=] {
    return explained(channel()->write({buffer, size}, may_be_last_chunk(size)));
  });
}

int close_stream(Stream *stream) {
  const int result = ::close(stream->strm_fd);
  stream->strm_fd = -1;
  return result;
}

int on_shutdown(Stream *stream, int how) noexcept {
  if (channel() == nullptr) return host_netio()->shutdown(stream, how);
  return guarded(-1, [=] {
    if (transfer_aborted()) {
      channel()->abandon();
    } else {
      channel()->finish();
    }
    if (channel()->refused()) return close_stream(stream);  // the host would linger for its peer
    return ::shutdown(stream->strm_fd, how);
  });
}

int on_close(Stream *stream) noexcept {
  DataChannel *data = channel();
  if (data == nullptr) return host_netio()->close(stream);
  return guarded(-1, [=] {
    data->abandon();  // unless it was finished before: then the session is ending
    if (data->count_close()) {
      tls()->drop_data();
      tls()->supply_after_transfer();
    } else {
      data->drain();
    }
    return stream->strm_fd < 0 ? 0 : close_stream(stream);
  });
}

void on_abort(Stream *stream) noexcept {
  stream->strm_flags = stream->strm_flags | PR_NETIO_SESS_ABORT;
}

}  // namespace

void register_data_netio() {
  module_state().host_data_netio = pr_alloc_netio2(session.pool, &tls_module, kVersion);
  pr_netio_t *netio = pr_alloc_netio2(session.pool, &tls_module, kVersion);
  netio->postopen = on_postopen;
  netio->poll = on_poll;
  netio->read = on_read;
  netio->write = on_write;
  netio->shutdown = on_shutdown;
  netio->close = on_close;
  netio->abort = on_abort;
  pr_register_netio(netio, PR_NETIO_STRM_DATA);
}

void set_sendfile_allowed(bool allowed) {
  // mod_xfer keeps its "protected" flag to itself and sets it in its POST_CMD handler of PROT.
  int index = -1;
  unsigned int hash = 0;
  void *previous = nullptr;
  for (;;) {
    auto *row =
        static_cast<cmdtable *>(pr_stash_get_symbol2(PR_SYM_CMD, C_PROT, previous, &index, &hash));
    if (row == nullptr) return;
    previous = row;
    if (row->cmd_type != POST_CMD || row->m == nullptr || std::strcmp(row->m->name, "xfer") != 0) {
      continue;
    }
    pool *p = make_sub_pool(session.pool);
    cmd_rec *cmd = pr_cmd_alloc(p, 2, pstrdup(p, C_PROT), pstrdup(p, allowed ? "C" : "P"));
    pr_module_call(row->m, row->handler, cmd);
    destroy_pool(p);
    return;
  }
}

void size_transfer_chunk(unsigned long long size) {
  // Chunk, batch and the host's two copies of it fit a level 2 cache; larger ones measured slower.
  constexpr unsigned long long kLargest = 96ULL * 1024;
  if (main_server->tcp_sndbuf_override != 0 || session.xfer.p != nullptr) return;
  // A rate limit pauses once per chunk, deaf to everything meanwhile.
  if (find_config(main_server->conf, CONF_PARAM, "TransferRate", TRUE) != nullptr) return;
  const auto smallest = static_cast<unsigned long long>(tls()->host_chunk());
  if (smallest >= kLargest) return;
  main_server->tcp_sndbuf_len = static_cast<int>(std::clamp(size, smallest, kLargest));
}

}  // namespace mod_tls::glue
