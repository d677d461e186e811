// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/peer_admission.h"

#include <string>

#include "glue/log.h"
#include "glue/netio_ctrl.h"
#include "glue/proftpd.h"

namespace mod_tls::glue {

namespace {

[[noreturn]] void end_refused(const std::string &reason) {
  tls_log_line(reason);
  register_control_netio();
  pr_response_send(R_421, "%s", reason.c_str());
  pr_session_disconnect(&tls_module, PR_SESS_DISCONNECT_CONFIG_ACL, "TLSVerifyClient");
  std::abort();  // the host does not return from there
}

}  // namespace

void tell_verification(ossl::PeerVerification &verification) {
  if (!verification.ran) return;
  for (const std::string &line : verification.lines) tls_log_line(line);
  int error = verification.error;
  verification = {};
  if (error == 0) {
    pr_event_generate("mod_tls.verify-client", nullptr);
  } else {
    pr_event_generate("mod_tls.verify-client-failed", &error);
  }
}

void admit_client(const core::ServerPolicy &policy, const SSL *ssl) {
  const auto verdict = core::judge_peer(policy.verify_client, ossl::peer_facts(ssl));
  if (verdict != core::PeerVerdict::accepted) end_refused(std::string(refusal_text(verdict)));
}

}  // namespace mod_tls::glue
