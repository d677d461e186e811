// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/peer_admission.h"

#include <cstdlib>
#include <string>

#include "core/client_names.h"
#include "glue/diagnostics.h"
#include "glue/log.h"
#include "glue/netio_ctrl.h"
#include "glue/proftpd.h"
#include "ossl/certificate_names.h"
#include "ossl/client_certificates.h"

namespace mod_tls::glue {

namespace {

[[noreturn]] void end_refused(core::FailureReason reason, core::TextFields fields) {
  const std::string told = refuse(reason, fields);
  register_control_netio();
  pr_response_send(R_421, "%s", told.c_str());
  pr_session_disconnect(&tls_module, PR_SESS_DISCONNECT_CONFIG_ACL, "TLSVerifyClient");
  std::abort();  // the host does not return from there
}

std::string text_or_empty(const char *text) {
  return text != nullptr ? text : "";
}

/// The host has looked the name up when the client connected.
core::RemoteClient remote_client() {
  const pr_netaddr_t *address = pr_netaddr_get_sess_remote_addr();
  core::RemoteClient client{.reverse_dns = ServerUseReverseDNS != FALSE,
                            .name = text_or_empty(pr_netaddr_get_sess_remote_name()),
                            .address = text_or_empty(pr_netaddr_get_ipstr(address))};
  const auto *bytes = static_cast<const std::uint8_t *>(pr_netaddr_get_inaddr(address));
  if (bytes != nullptr)
    client.address_bytes.assign(bytes, bytes + pr_netaddr_get_inaddr_len(address));
  return client;
}

void check_names(const core::ServerPolicy &policy, const SSL *ssl) {
  if (policy.verify_client != core::VerifyClient::on) return;
  const core::RemoteClient client = remote_client();
  const core::NameVerdict verdict =
      judge_names(policy.options, ossl::certificate_names(SSL_get0_peer_certificate(ssl)), client);
  for (const std::string &line : verdict.lines) tls_log_line(line);
  if (!verdict.refusal) return;
  const core::TextField fields[] = {{"{name}", client.name}, {"{address}", client.address}};
  end_refused(*verdict.refusal, fields);
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
  if (const auto reason = core::refusal_of(verdict)) end_refused(*reason, {});
  check_names(policy, ssl);
}

void admit_client_again(const core::ServerPolicy &policy, const SSL *ssl) {
  if (!ossl::identity_unchanged(ssl)) {
    end_refused(core::FailureReason::client_certificate_changed, {});
  }
  admit_client(policy, ssl);
}

}  // namespace mod_tls::glue
