// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/server_name.h"

#include <string_view>

#include "core/ascii.h"
#include "core/server_name.h"
#include "glue/callback_guard.h"
#include "glue/diagnostics.h"
#include "glue/log.h"
#include "glue/module_state.h"
#include "glue/policies.h"
#include "glue/server_switch.h"

namespace mod_tls::glue {

namespace {

using core::NamedServer;
using Action = core::ServerNameDecision::Action;

/// The host compares the name of HOST with this note (and refuses HOST under TLS without it).
constexpr char kNameNote[] = "mod_tls.sni";
/// What HOST named, by the host.
constexpr char kHostNote[] = "mod_core.host";

std::string_view note(const char *key) {
  const auto *value = static_cast<const char *>(pr_table_get(session.notes, key, nullptr));
  return value != nullptr ? value : std::string_view{};
}

const pr_ipbind_t *binding_of(const pr_netaddr_t *address) {
  return pr_ipbind_find(address, static_cast<unsigned>(session.c->local_port), TRUE);
}

/// The binding of all addresses of a family (DefaultAddress 0.0.0.0 or ::).
const pr_ipbind_t *binding_of_all(int family) {
  pr_netaddr_t any{};
  pr_netaddr_set_family(&any, family);
  if (pr_netaddr_set_sockaddr_any(&any) < 0) return nullptr;
  return binding_of(&any);
}

/// The binding that the client has connected to: that of the address, else of all of them, else
/// the one of the server that answers where no other does.
const pr_ipbind_t *own_binding() {
  const pr_netaddr_t *own = session.c->local_addr;
  if (const auto *exact = binding_of(own)) return exact;
  const int family = pr_netaddr_get_family(own);
  if (const auto *all = binding_of_all(family)) return all;
  // A socket of IPv6 takes IPv4, too.
  const auto *all_ipv4 = family == AF_INET ? nullptr : binding_of_all(AF_INET);
  return all_ipv4 != nullptr ? all_ipv4 : binding_of(main_server->addr);
}

bool has_named_servers(const pr_ipbind_t &binding) {
  const array_header *names = binding.ib_namebinds;
  if (names == nullptr) return false;
  auto *const *rows = static_cast<pr_namebind_t *const *>(names->elts);
  for (unsigned i = 0; i < names->nelts; i++) {
    if (rows[i]->nb_server != binding.ib_server) return true;
  }
  return false;
}

bool names(const config_rec *aliases, const std::string &name) {
  for (unsigned i = 0; i < aliases->argc; i++) {
    const auto *alias = static_cast<const char *>(aliases->argv[i]);
    if (pr_fnmatch(alias, name.c_str(), PR_FNM_NOESCAPE | PR_FNM_CASEFOLD) == 0) return true;
  }
  return false;
}

/// The host binds no names of the server that answers without one.
bool has_alias(const server_rec *server, const std::string &name) {
  config_rec *c = find_config(server->conf, CONF_PARAM, "ServerAlias", FALSE);
  for (; c != nullptr; c = find_config_next(c, c->next, CONF_PARAM, "ServerAlias", FALSE)) {
    if (names(c, name)) return true;
  }
  return false;
}

struct Found {
  NamedServer what;
  server_rec *server = nullptr;
};

Found find_server(const std::string &name) {
  const pr_ipbind_t *binding = own_binding();
  if (binding == nullptr || !has_named_servers(*binding)) return {NamedServer::no_names};
  const pr_namebind_t *bound =
      pr_namebind_find(name.c_str(), binding->ib_addr, binding->ib_port, TRUE);
  server_rec *server = bound != nullptr ? bound->nb_server : nullptr;
  if (server == nullptr && has_alias(binding->ib_server, name)) server = binding->ib_server;
  if (server == nullptr) return {NamedServer::unknown};
  if (server == main_server) return {NamedServer::current};
  if (session.user == nullptr && !follow_class(server)) return {NamedServer::unusable};
  if (module_state().contexts.find(server) != nullptr) return {NamedServer::other, server};
  const bool engine = server_policy(server).engine;
  return {engine ? NamedServer::unusable : NamedServer::without_tls};
}

void publish(const std::string &name) {
  (void)pr_table_remove(session.notes, kNameNote, nullptr);
  (void)pr_table_add_dup(session.notes, kNameNote, name.c_str(), 0);
  pr_event_generate(kNameNote, name.c_str());
}

void report(const core::ServerNameDecision &refusal) {
  log_syslog(PR_LOG_NOTICE, refusal.log);
  tls_log_line(refusal.log);
  trace_line(kTraceFailures, refusal.trace);
}

}  // namespace

core::ServerNameDecision ServerChoice::consider(const ossl::HelloFacts &hello) {
  core::ServerNameFacts facts{.name = core::without_trailing_dot(hello.server_name),
                              .host = note(kHostNote),
                              .ignore = policy_.options.has(core::Option::ignore_sni),
                              .logged_in = session.user != nullptr,
                              .offered = hello.offered};
  if (facts.name.empty()) return {};
  name_ = facts.name;
  const Found found = core::server_matters(facts) ? find_server(name_) : Found{};
  facts.server = found.what;
  if (found.server != nullptr) facts.allowed = server_policy(found.server).protocols;
  core::ServerNameDecision decision = core::decide_server_name(facts);
  refused_ = decision.action == Action::reject;
  if (refused_) {
    report(decision);
    told_ = decision.told;
  }
  if (decision.action == Action::accept || decision.action == Action::switch_server) {
    publish(name_);
  }
  if (decision.action == Action::switch_server) other_ = found.server;
  return decision;
}

core::ServerNameDecision ServerChoice::decide(const ossl::HelloFacts &hello) noexcept {
  const core::ServerNameDecision refusal{.action = Action::reject};
  return guarded(refusal, [&] { return consider(hello); });
}

}  // namespace mod_tls::glue
