// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/cache_server.h"

#include <ctime>

#include "glue/cache_words.h"
#include "net/key_value_client.h"

namespace mod_tls::glue {

namespace {

constexpr std::chrono::seconds kLookUpTime{5};  // at start and restart only

std::time_t now() {
  return std::time(nullptr);
}

}  // namespace

std::string ServerBackend::prefix() const {
  return std::string(kind_.module) + (use_ == CacheUse::sessions ? ".sessions." : ".ocsp.");
}

core::Result<cache::RemoteStore::Clients> ServerBackend::make_clients(
    const ServerSetup &setup, std::vector<std::string> &notices) {
  cache::RemoteStore::Clients clients;
  for (const core::ServerAddress &server : setup.addresses) {
    auto addresses = net::addresses_of(server, kLookUpTime);
    if (!addresses) {
      notices.push_back(addresses.error().message + "; it is left out until the next restart");
      continue;
    }
    clients.push_back(std::make_unique<net::ServerClient>(
        core::text_of(server), std::move(*addresses), *protocol_, setup.times));
  }
  if (clients.size() > cache::kMostServers) {
    notices.push_back("only the first " + std::to_string(cache::kMostServers) +
                      " servers are used");
    clients.resize(cache::kMostServers);
  }
  if (!clients.empty()) return clients;
  return core::Error{core::Errc::unusable,
                     std::string("no server of ") + kind_.title + " has an address"};
}

/// After a restart with others: what is known is not about them.
void ServerBackend::forget_other_servers(const cache::RemoteStore::Clients &clients) {
  std::vector<std::string> names;
  for (const auto &client : clients) names.push_back(client->name());
  if (names == names_) return;
  names_ = std::move(names);
  for (cache::ServerState &state : shared_->servers) {
    (void)state.outage.ended();
    state.generation = 0;
    state.refuses = cache::Refusal::nothing;
    state.not_cleared = false;
  }
}

std::string ServerBackend::unshared_text() const {
  const bool sessions = use_ == CacheUse::sessions;
  return std::string("without TLSCacheSecretFile, what is in the ") + kind_.title + ' ' +
         (sessions ? "session" : "OCSP response") +
         " cache can be read by this daemon alone, and by nobody after a restart; name one file "
         "with the same secret on all hosts";
}

core::Status ServerBackend::open(std::string_view, std::vector<std::string> &notices) {
  store_.reset();
  const auto on = kept_value<parse_switch>(kind_.engine, true);
  if (on && !*on) {
    return core::Error{
        core::Errc::not_permitted,
        std::string(kind_.title) + " support disabled (see the " + kind_.engine + " directive)"};
  }
  auto setup = kind_.setup(notices);
  if (!setup) return std::move(setup).error();
  protocol_ = std::move(setup->protocol);
  auto clients = make_clients(*setup, notices);
  if (!clients) return std::move(clients).error();
  forget_other_servers(*clients);
  if (!has_shared_secret()) notices.push_back(unshared_text());
  store_.emplace(std::move(*clients), prefix(), *shared_, now,
                 [host = host_](const std::string &line) { host.tell(line); });
  return core::success();
}

core::Status ServerBackend::destroy() {
  const auto cleared = store_->clear();
  if (cleared) store_.reset();
  return cleared ? core::success() : core::Status{cleared.error()};
}

std::vector<std::string> ServerBackend::describe() {
  const std::string what = use_ == CacheUse::sessions ? "SSL session" : "OCSP response";
  std::string servers = kind_.line;
  for (const std::string &line : store_->server_lines()) {
    servers += (servers == kind_.line ? "" : ", ") + line;
  }
  return {std::string(kind_.title) + " " + what + " cache provided by " + host_.version(), "",
          servers};
}

void ServerBackend::look_after() {
  if (store_) store_->look_after(now());
}

}  // namespace mod_tls::glue
