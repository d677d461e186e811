// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/control_security.h"
#include "core/login_guard.h"
#include "core/server_policy.h"
#include "core/session_reuse.h"
#include "core/sscn.h"
#include "glue/contexts.h"
#include "glue/control_channel.h"
#include "glue/data_channel.h"
#include "glue/diagnostics.h"
#include "glue/handshake.h"
#include "glue/log.h"
#include "glue/peer_admission.h"
#include "glue/server_name.h"
#include "glue/site_to_site.h"
#include "glue/variables.h"
#include "net/ocsp_client.h"
#include "ossl/client_ocsp.h"
#include "ossl/handshake.h"
#include "ossl/peer_verifier.h"
#include "ossl/session_binding.h"

namespace mod_tls::glue {

/// A server and the name by which the client asked for it.
struct NamedServer {
  server_rec *server;
  std::string name;
};

/// TlsSession is the one per-session object: the policy in force, the state of RFC 2228, and the
/// protected channels. It exists in session processes of servers with TLSEngine on.
class TlsSession {
 public:
  explicit TlsSession(ServerContextPtr context);

  [[nodiscard]] const core::ServerPolicy &policy() const { return policy_; }
  [[nodiscard]] const TlsLog &log() const { return log_; }
  [[nodiscard]] core::SecurityState state() const;
  [[nodiscard]] core::SecurityRules rules() const;

  /// Opens the TLSLog of the policy.
  void open_log() { log_.open(policy_.log_file); }
  /// Reads the policy anew after login: mod_ifsession and <Anonymous> may have changed it.
  void reload_policy();
  /// Does so before the first command: every module has prepared the session by then.
  void settle_policy();

  /// Holds the handshake on the control connection; the lines of its outcome are logged. With
  /// success control() is there. Where the client names another server (SNI), its context, policy
  /// and log serve from then on; go_to_named_server() has to follow.
  bool start_control_tls();
  /// What the client is told of a handshake that has failed; empty if nothing is known.
  [[nodiscard]] const std::string &told() const { return told_; }
  /// With EnableDiags, tells what was counted, once.
  void tell_statistics();
  /// Whether the first thing that came in the clear and made no sense has just come.
  bool first_strange_input() { return !std::exchange(strange_input_, true); }
  /// After a renegotiation, judges the client again, which may end the session, and shows
  /// LogFormat and other modules what has changed.
  void follow_renegotiation();
  /// Tells what the verification of a client in a renegotiation has found, if there was one.
  void tell_verification() { glue::tell_verification(verification_); }
  /// The server that the handshake went to, if it did and this was not asked yet.
  std::optional<NamedServer> take_named_server() { return std::exchange(named_, std::nullopt); }
  /// The host's current server is that of the context now.
  void server_changed();
  /// Holds the handshake on the data connection that the host has just opened and checks that it
  /// belongs to this session. On refusal, returns the reason for the client.
  std::optional<std::string> start_data_tls(int read_fd, int write_fd, const WaitHooks &hooks);

  /// The control connection while it is protected...
  [[nodiscard]] ControlChannel *control() const { return cleared_ ? nullptr : control_.get(); }
  /// ...and since it first was, also after CCC.
  [[nodiscard]] ControlChannel *channel() const { return control_.get(); }
  /// Readies the client for the time after CCC, when it can be given nothing more to resume; what
  /// it gets leaves with the next reply.
  void supply_for_good();
  /// CCC: ends the protection of the control connection. Data connections must still resume what
  /// was agreed upon there.
  void clear_control();

  /// Guards and renews the keys of the transfer that is about to begin.
  void start_data_rekeying();

  [[nodiscard]] DataChannel *data() const { return data_.get(); }
  void drop_data() {
    tell_verification();
    data_.reset();
  }

  /// SSCN: whether the next data connections that move files have this server as TLS client.
  void set_data_client(bool yes) { site_to_site_.set_client(yes); }
  /// Whether the data connection opened last has.
  [[nodiscard]] bool is_data_client() const { return data_end_ == core::TlsEnd::client; }

  /// Whether an upload on it is complete only with close_notify. Another server always says it,
  /// also when it refuses: that must not look like an empty file.
  [[nodiscard]] bool requires_close_notify() const {
    return is_data_client() || policy_.options.has(core::Option::require_close_notify);
  }

  [[nodiscard]] core::LoginGuard &login_guard() { return login_guard_; }

  [[nodiscard]] bool data_protected() const { return data_protected_; }
  void set_data_protected(bool yes) { data_protected_ = yes; }

  /// What the host hands over at once in a download, as configured, in bytes.
  [[nodiscard]] int host_chunk() const { return host_chunk_; }

  /// Keeps the client supplied with something to resume: after each transfer, and before one
  /// when the last supply has grown old.
  void supply_after_transfer();
  void supply_before_transfer();

 private:
  void listen(SSL *control);
  void verify_by_rules(SSL *ssl);
  void publish_variables();
  static void log_handshake(const ossl::HandshakeFacts &facts);
  core::Result<ossl::SslPtr> new_data_ssl();
  [[nodiscard]] std::string explain_data_failure(const HandshakeOutcome &outcome) const;
  bool prepare_context();
  bool fit_context(const ServerContextPtr &served);
  [[nodiscard]] bool follow_ciphers(SSL *ssl) const;
  [[nodiscard]] ossl::SslPtr new_control_ssl();
  HandshakeOutcome hold_control_handshake(ControlChannel &channel, const ServerChoice &choice);
  HandshakeOutcome change_server(ControlChannel &channel, const ServerChoice &choice);
  std::optional<std::string> judge_data();
  std::optional<std::string> judge_data_client();
  void log_data_handshake(bool resumed_here);

  ServerContextPtr context_;
  core::ServerPolicy policy_;
  TlsLog log_;
  VariablePublisher variables_;
  std::string told_;
  ossl::BindingId binding_{};  // these outlive the channels below
  ossl::MessageListener listener_;
  ossl::PeerVerification verification_;
  net::OcspClient ocsp_client_;
  ossl::ClientOcsp ocsp_{ocsp_client_, kAgent};
  std::unique_ptr<ControlChannel> control_;
  std::unique_ptr<DataChannel> data_;
  SiteToSite site_to_site_;
  core::LoginGuard login_guard_;
  core::TlsEnd data_end_ = core::TlsEnd::server;
  std::optional<NamedServer> named_;
  SteadyTime supplied_{};
  int host_chunk_;
  bool cleared_ = false;
  bool strange_input_ = false;
  bool statistics_told_ = false;
  bool own_ciphers_ = false;
  bool data_protected_ = false;
  bool data_accept_logged_ = false;
  bool policy_settled_ = false;
  bool context_fits_ = true;
};

}  // namespace mod_tls::glue
