// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/site_to_site.h"

#include "core/failure_reason.h"
#include "glue/diagnostics.h"
#include "glue/proftpd.h"
#include "ossl/client_context.h"
#include "ossl/error_queue.h"
#include "ossl/handshake.h"

namespace mod_tls::glue {

namespace {

/// The other end of the data connection, without the wrapping of IPv4 in IPv6.
const pr_netaddr_t *peer_address() {
  const pr_netaddr_t *address = session.d->remote_addr;
  if (pr_netaddr_is_v4mappedv6(address) != TRUE) return address;
  const pr_netaddr_t *v4 = pr_netaddr_v6tov4(session.d->pool, address);
  return v4 != nullptr ? v4 : address;
}

std::string address_text() {
  const char *text = pr_netaddr_get_ipstr(peer_address());
  return text != nullptr ? text : "";
}

/// The host name of the other end, if UseReverseDNS is on and it has one. Asking may take a while.
std::string host_text() {
  const char *name = pr_netaddr_get_dnsstr(peer_address());
  return name != nullptr && address_text() != name ? name : "";
}

std::string refuse_unverified(const std::string &name, const std::string &reason) {
  const core::TextField fields[] = {{"{server}", name}, {"{fault}", reason}};
  return refuse(core::FailureReason::other_server_unverified, fields);
}

}  // namespace

core::Result<ossl::SslPtr> SiteToSite::new_connection(const ServerContext &server,
                                                      const core::ServerPolicy &policy) {
  if (!ctx_) {
    const auto trust = server.trust_text->read();
    if (!trust) return trust.error();
    auto built = ossl::build_client_context(server.ctx.get(), policy, *trust);
    if (!built) return std::move(built).error();
    ctx_ = std::move(built).value();
  }
  ossl::clear_errors();
  ossl::SslPtr ssl{SSL_new(ctx_.get())};
  if (!ssl) {
    return core::Error{core::Errc::crypto,
                       "unable to start session: " + ossl::to_line(ossl::take_errors())};
  }
  SSL_set_connect_state(ssl.get());
  return ssl;
}

std::optional<std::string> judge_peer_server(const SSL *ssl, const core::ServerPolicy &policy) {
  const core::VerifyServer mode = core::verify_server_mode(policy.verify_server);
  if (mode == core::VerifyServer::off) return {};
  const std::string address = address_text();
  if (SSL_get0_peer_certificate(ssl) == nullptr) {
    const core::TextField fields[] = {{"{server}", address}};
    return refuse(core::FailureReason::other_server_without_certificate, fields);
  }
  core::PeerServerFacts facts = ossl::peer_server_facts(ssl, address, {});
  std::string names = "'" + address + "'";
  if (!facts.names_address && mode == core::VerifyServer::on) {
    const std::string host = host_text();
    facts = ossl::peer_server_facts(ssl, address, host);
    if (!host.empty()) names += " nor '" + host + "'";
  }
  if (core::peer_server_accepted(mode, facts)) return {};
  return refuse_unverified(address, "it does not name " + names + " (see TLSVerifyServer)");
}

std::optional<std::string> explain_peer_chain(const SSL *ssl) {
  const std::string failure = ossl::chain_failure(ssl);
  if (failure.empty()) return {};
  return refuse_unverified(address_text(), failure);
}

}  // namespace mod_tls::glue
