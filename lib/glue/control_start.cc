// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/control_start.h"

#include <chrono>
#include <cstdlib>
#include <string>

#include "glue/io_wait.h"
#include "glue/log.h"
#include "glue/netio_ctrl.h"
#include "glue/netio_data.h"
#include "glue/proftpd.h"
#include "glue/server_switch.h"

namespace mod_tls::glue {

namespace {

/// The longest wait for a client that does not end its side of a connection that has failed.
constexpr std::chrono::milliseconds kDrainWait{1000};

/// The reply can still be read if nothing unread makes the close a reset. What is on its way counts
/// as well, so the client is given the time to see the end.
void drain_input() {
  const int fd = PR_NETIO_FD(session.c->instrm);
  const SteadyTime deadline = deadline_in(kDrainWait);
  char scratch[4096];
  (void)::shutdown(PR_NETIO_FD(session.c->outstrm), SHUT_WR);
  while (!is_past(deadline) && wait_for(fd, Ready::readable, deadline) == Waited::ready) {
    if (::recv(fd, scratch, sizeof scratch, MSG_DONTWAIT) <= 0) return;
  }
}

[[noreturn]] void end_after_failed_handshake(const std::string &reason, const char *line) {
  tls_log_line(line);
  if (!reason.empty()) pr_response_send_raw("421-%s", reason.c_str());
  pr_response_send(R_421, "%s", "TLS handshake failed");
  drain_input();
  pr_session_disconnect(&tls_module, PR_SESS_DISCONNECT_CLIENT_EOF, "Failed TLS handshake");
  std::abort();  // the host does not return from there
}

void become_ftps() {
  session.rfc2228_mech = "TLS";
  pr_session_set_protocol("ftps");
  register_control_netio();
}

}  // namespace

void discard_pipelined() {
  pr_buffer_t *buffer = session.c->instrm->strm_buf;
  if (buffer == nullptr) return;
  buffer->current = nullptr;
  buffer->remaining = buffer->buflen;
}

void start_control(TlsSession &tls, const char *failure_line) {
  if (!tls.start_control_tls()) end_after_failed_handshake(tls.told(), failure_line);
  become_ftps();
  go_to_named_server();
}

void protect_data_unasked(TlsSession &tls) {
  tls.set_data_protected(true);
  set_sendfile_allowed(false);
}

}  // namespace mod_tls::glue
