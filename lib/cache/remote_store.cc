// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/remote_store.h"

#include <algorithm>
#include <charconv>

#include "cache/hex.h"
#include "core/control_request.h"
#include "core/key_value_servers.h"

namespace mod_tls::cache {

namespace {

using core::KeyValueOutcome;
using core::KeyValueReply;
using core::KeyValueRequest;
using core::KeyValueVerb;
using Probe = core::KeyValueClient::Probe;

constexpr std::string_view kGeneration = "generation";
constexpr std::size_t kLongestName = 64;  // memcached takes keys of 250 bytes

/// 0 for what is no number: a foreign value must not become part of our keys.
std::uint64_t generation_in(const Bytes &value) {
  const std::string text(value.begin(), value.end());
  std::uint64_t number = 0;
  const char *end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stopped == end && number < INT64_MAX ? number : 0;
}

Outcome outcome_of(KeyValueOutcome outcome) {
  switch (outcome) {
    case KeyValueOutcome::done:
      return Outcome::done;
    case KeyValueOutcome::missing:
      return Outcome::miss;
    case KeyValueOutcome::too_large:
      return Outcome::too_large;
    case KeyValueOutcome::refused:
    case KeyValueOutcome::denied:
    case KeyValueOutcome::failed:
      return Outcome::told;
  }
  return Outcome::told;
}

void raise_to(std::atomic<std::uint64_t> &highest, std::uint64_t number) {
  std::uint64_t seen = highest;
  while (number > seen && !highest.compare_exchange_weak(seen, number)) {
  }
}

std::string refusal_text(Refusal refusal) {
  switch (refusal) {
    case Refusal::nothing:
      return {};
    case Refusal::entries:
      return "keeps no entries";
    case Refusal::password:
      return "refuses the password";
  }
  return {};
}

/// By one, but not below 0: what is removed may be from before, or another host's.
void lower(std::atomic<std::uint64_t> &count) {
  std::uint64_t seen = count;
  while (seen > 0 && !count.compare_exchange_weak(seen, seen - 1)) {
  }
}

}  // namespace

RemoteStore::RemoteStore(Clients clients, std::string prefix, RemoteShared &shared, Clock clock,
                         Tell tell)
    : prefix_(std::move(prefix)), shared_(shared), clock_(clock), tell_(std::move(tell)) {
  clients.resize(std::min(clients.size(), kMostServers));
  for (std::size_t i = 0; i < clients.size(); i++) {
    servers_.push_back({std::move(clients[i]), shared.servers[i]});
  }
}

// ---- which servers answer ----------------------------------------------------------------------

/// Once for each kind of refusal.
void RemoteStore::note_refusal(Server &server, const KeyValueReply &reply) {
  const bool denied = reply.outcome == KeyValueOutcome::denied;
  const Refusal refusal = denied ? Refusal::password : Refusal::entries;
  if (server.state.refuses.exchange(refusal) == refusal) return;
  tell_("the cache server " + server.client->name() +
        (denied ? " refuses the password, and keeps no entries: " : " keeps no entries: ") +
        reply.reason);
}

void RemoteStore::note_trouble(Server &server, const KeyValueReply &reply, std::time_t now) {
  if (reply.outcome != KeyValueOutcome::failed) {
    note_refusal(server, reply);
    return;
  }
  const std::string name = "the cache server " + server.client->name();
  if (server.state.outage.failed(now)) {
    tell_(name + " does not answer (" + reply.reason + "): it is not asked until it does");
  }
}

void RemoteStore::note_end(Server &server) {
  server.generation.reset();  // it may have been restarted
  if (server.state.outage.ended()) {
    tell_("the cache server " + server.client->name() + " answers again");
  }
}

void RemoteStore::look_after(Server &server, std::time_t now) {
  Probe probe = server.client->probe();
  if (probe == Probe::idle && server.state.outage.claim_probe(now)) {
    probe = server.client->begin_probe();
    if (probe == Probe::pending) probe = server.client->probe();
  }
  if (probe == Probe::answered) note_end(server);
  if (probe == Probe::failed) (void)server.state.outage.failed(now);
}

void RemoteStore::look_after(std::time_t now) {
  for (Server &server : servers_) look_after(server, now);
}

RemoteStore::Server *RemoteStore::server_of(ByteView name, std::time_t now) {
  look_after(now);
  std::array<std::string_view, kMostServers> names;
  std::array<bool, kMostServers> usable{};
  for (std::size_t i = 0; i < servers_.size(); i++) {
    names[i] = servers_[i].client->name();
    usable[i] = !servers_[i].state.outage.lasts();
  }
  const auto chosen = core::server_for(to_hex(name), std::span(names).first(servers_.size()),
                                       std::span(usable).first(servers_.size()));
  return chosen ? &servers_[*chosen] : nullptr;
}

KeyValueReply RemoteStore::ask(Server &server, const KeyValueRequest &request) {
  KeyValueReply reply = server.client->ask(request);
  switch (reply.outcome) {
    case KeyValueOutcome::done:
      server.state.refuses = Refusal::nothing;
      break;
    case KeyValueOutcome::missing:
    case KeyValueOutcome::too_large:
      break;
    case KeyValueOutcome::refused:
    case KeyValueOutcome::denied:
    case KeyValueOutcome::failed:
      note_trouble(server, reply, request.now);
      break;
  }
  return reply;
}

// ---- generations -------------------------------------------------------------------------------

bool RemoteStore::store_generation(Server &server, std::uint64_t generation, std::time_t now) {
  const std::string key = prefix_ + std::string(kGeneration);
  const std::string text = std::to_string(generation);
  const Bytes value(text.begin(), text.end());
  return ask(server, {KeyValueVerb::set, key, value, 0, now}).outcome == KeyValueOutcome::done;
}

/// A server that has forgotten its generation is told: entries from before must not come back.
bool RemoteStore::learn_generation(Server &server, std::time_t now) {
  // Another process may have cleared since.
  if (server.generation && *server.generation == server.state.generation) return true;
  const std::string key = prefix_ + std::string(kGeneration);
  const KeyValueReply reply = ask(server, {KeyValueVerb::get, key, {}, 0, now});
  if (outcome_of(reply.outcome) == Outcome::told) return false;
  const std::uint64_t there = generation_in(reply.value);
  raise_to(server.state.generation, there);
  const std::uint64_t highest = server.state.generation;
  if (there < highest && !store_generation(server, highest, now)) return false;
  server.generation = highest;
  return true;
}

bool RemoteStore::renew_generation(Server &server, std::time_t now) {
  if (server.state.outage.lasts() || !learn_generation(server, now)) return false;
  const std::uint64_t next =
      std::max<std::uint64_t>(*server.generation + 1, static_cast<std::uint64_t>(now));
  if (!store_generation(server, next, now)) return false;
  raise_to(server.state.generation, next);
  server.generation = next;
  return true;
}

// ---- entries -----------------------------------------------------------------------------------

Outcome RemoteStore::ask_for(ByteView name, KeyValueRequest request, Bytes *value) {
  Server *server = server_of(name, request.now);
  if (server == nullptr) return Outcome::skipped;
  const Refusal told = server->state.refuses;
  Outcome outcome = Outcome::told;
  if (learn_generation(*server, request.now)) {
    const std::string key = prefix_ + std::to_string(*server->generation) + "." + to_hex(name);
    request.key = key;
    KeyValueReply reply = ask(*server, request);
    outcome = outcome_of(reply.outcome);
    if (value != nullptr) *value = std::move(reply.value);
  }
  const bool known = told != Refusal::nothing && server->state.refuses == told;
  return outcome == Outcome::told && known ? Outcome::skipped : outcome;
}

Outcome RemoteStore::put(ByteView name, ByteView value, std::time_t expires, std::time_t now) {
  if (name.size() > kLongestName || value.size() > core::kLargestValue) return Outcome::too_large;
  const Outcome outcome = ask_for(name, {KeyValueVerb::set, {}, value, expires, now}, nullptr);
  if (outcome == Outcome::done) shared_.stored_since_clear++;
  return outcome;
}

Found RemoteStore::get(ByteView name, std::time_t now) {
  if (name.size() > kLongestName) return {};
  Found found;
  found.outcome = ask_for(name, {KeyValueVerb::get, {}, {}, 0, now}, &found.bytes);
  return found;
}

Outcome RemoteStore::remove(ByteView name) {
  if (name.size() > kLongestName) return Outcome::miss;
  const Outcome outcome = ask_for(name, {KeyValueVerb::remove, {}, {}, 0, clock_()}, nullptr);
  if (outcome == Outcome::done) lower(shared_.stored_since_clear);
  return outcome;
}

core::Result<std::uint64_t> RemoteStore::clear() {
  const std::time_t now = clock_();
  std::string missed;
  look_after(now);
  for (Server &server : servers_) {
    server.generation.reset();  // others may have cleared since
    server.state.not_cleared = !renew_generation(server, now);
    if (server.state.not_cleared) missed += (missed.empty() ? "" : ", ") + text_of(server);
    server.client->hang_up();
    server.generation.reset();  // sessions, which inherit all this, are to ask
  }
  if (missed.empty()) return shared_.stored_since_clear.exchange(0);
  return core::Error{core::Errc::io, "not all servers are cleared: " + missed +
                                         "; clear again when that is mended"};
}

StoreFacts RemoteStore::facts() {
  return {.entries = shared_.stored_since_clear};
}

std::string RemoteStore::text_of(const Server &server) {
  std::string faults = server.state.outage.lasts() ? std::string("does not answer")
                                                   : refusal_text(server.state.refuses);
  if (server.state.not_cleared)
    faults += (faults.empty() ? "" : ", ") + std::string(core::kNotCleared);
  return server.client->name() + (faults.empty() ? "" : " (" + faults + ")");
}

std::vector<std::string> RemoteStore::server_lines() const {
  std::vector<std::string> lines;
  for (const Server &server : servers_) {
    lines.push_back(text_of(server));
  }
  return lines;
}

}  // namespace mod_tls::cache
