// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/transfer_abort.h"

#include "glue/proftpd.h"

namespace mod_tls::glue {

ControlChannel::Ahead look_for_abort(ControlChannel &control) {
  const ControlChannel::Ahead ahead = control.look_ahead();
  const bool over = ahead == ControlChannel::Ahead::abort || ahead == ControlChannel::Ahead::ended;
  if (!over) return ahead;
  session.sf_flags = session.sf_flags | SF_ABORT;
  if (session.d != nullptr) {
    const bool upload = session.xfer.direction == PR_NETIO_IO_RD;
    pr_netio_abort(upload ? session.d->instrm : session.d->outstrm);
  }
  return ahead;
}

bool transfer_aborted() {
  return (session.sf_flags & SF_ABORT) != 0;
}

}  // namespace mod_tls::glue
