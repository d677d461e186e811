// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/remote_store.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>

#include "cache/shared_block.h"

#include "CppUTest/TestHarness.h"
#include "store_contract.h"

using namespace mod_tls;
using cache::Bytes;
using cache::Outcome;
using core::KeyValueOutcome;
using core::KeyValueReply;
using core::KeyValueRequest;
using core::KeyValueVerb;
using test::sample;

namespace {

constexpr std::time_t kNow = 1'800'000'000;

/// What a server has; it outlives those who speak to it.
struct FakeServer {
  std::map<std::string, Bytes> entries;
  std::map<std::string, std::time_t> expiries;
  int calls = 0;
  int probes = 0;
  int hung_up = 0;
  bool down = false;
  bool refuses = false;
  bool denies = false;
};

class FakeClient final : public core::KeyValueClient {
 public:
  FakeClient(FakeServer &server, std::string name) : server_(server), name_(std::move(name)) {}

  [[nodiscard]] const std::string &name() const override { return name_; }
  KeyValueReply ask(const KeyValueRequest &request) override {
    server_.calls++;
    if (server_.down) return {KeyValueOutcome::failed, {}, "no answer"};
    if (server_.denies) return {KeyValueOutcome::denied, {}, "it says 'who?'"};
    if (server_.refuses) return {KeyValueOutcome::refused, {}, "it says 'no'"};
    return act(request, std::string(request.key));
  }
  void hang_up() override { server_.hung_up++; }
  Probe begin_probe() override {
    server_.probes++;
    probe_ = server_.down ? Probe::failed : Probe::pending;
    return probe_;
  }
  Probe probe() override {
    if (probe_ != Probe::pending) return Probe::idle;
    if (!asked_) {
      asked_ = true;
      return Probe::pending;
    }
    asked_ = false;
    probe_ = Probe::idle;
    return server_.down ? Probe::failed : Probe::answered;
  }

 private:
  KeyValueReply act(const KeyValueRequest &request, const std::string &key) {
    switch (request.verb) {
      case KeyValueVerb::set:
        server_.entries[key] = Bytes(request.value.begin(), request.value.end());
        server_.expiries[key] = request.expires;
        return {KeyValueOutcome::done};
      case KeyValueVerb::get:
        if (!server_.entries.contains(key)) return {KeyValueOutcome::missing};
        return {KeyValueOutcome::done, server_.entries[key]};
      case KeyValueVerb::remove:
        return {server_.entries.erase(key) != 0 ? KeyValueOutcome::done : KeyValueOutcome::missing};
      case KeyValueVerb::probe:
        break;
    }
    return {};
  }

  FakeServer &server_;
  std::string name_;
  Probe probe_ = Probe::idle;
  bool asked_ = false;
};

std::time_t fixed_clock() {
  return kNow;
}

}  // namespace

TEST_GROUP(RemoteStore) {
  FakeServer server;
  FakeServer second;
  cache::RemoteShared shared{};
  std::vector<std::string> told;

  void teardown() override {
    server = FakeServer{};
    second = FakeServer{};
    told = {};
  }
  cache::RemoteStore store(bool both = false) {
    cache::RemoteStore::Clients clients;
    clients.push_back(std::make_unique<FakeClient>(server, "a:1"));
    if (both) clients.push_back(std::make_unique<FakeClient>(second, "b:1"));
    return {std::move(clients), "p.", shared, fixed_clock,
            [this](const std::string &line) { told.push_back(line); }};
  }
  cache::RemoteStore over(cache::RemoteShared & known) {
    cache::RemoteStore::Clients clients;
    clients.push_back(std::make_unique<FakeClient>(server, "a:1"));
    return {std::move(clients), "p.", known, fixed_clock, [](const auto &) {}};
  }
  static Outcome put(cache::RemoteStore & where, unsigned int i, std::time_t now = kNow) {
    return where.put(sample(32, i), sample(100, i), kNow + 60, now);
  }
  static Outcome get(cache::RemoteStore & where, unsigned int i, std::time_t now = kNow) {
    return where.get(sample(32, i), now).outcome;
  }
};

TEST(RemoteStore, KeepsTheContract) {
  auto one = store();
  test::check_store_contract(one);
}

TEST(RemoteStore, KeepsTheContractOnTwoServers) {
  auto both = store(true);
  test::check_store_contract(both);
  CHECK_TRUE(server.entries.size() > 1);
  CHECK_TRUE(second.entries.size() > 1);
}

TEST(RemoteStore, ExpiryIsHandedOn) {  // Q63
  auto one = store();
  put(one, 1);
  LONGS_EQUAL(1, server.entries.size());
  LONGS_EQUAL(kNow + 60, server.expiries.begin()->second);
  CHECK_TRUE(server.entries.begin()->first.starts_with("p.0."));
}

TEST(RemoteStore, Q40ClearHidesTheEntriesOfAllProcesses) {
  auto one = store();
  auto old_session = store();
  put(one, 1);
  CHECK_TRUE(get(old_session, 1) == Outcome::done);
  LONGS_EQUAL(1, *one.clear());
  CHECK_TRUE(get(one, 1) == Outcome::miss);
  auto next_session = store();
  CHECK_TRUE(get(next_session, 1) == Outcome::miss);
  LONGS_EQUAL(0, *one.clear());
  LONGS_EQUAL(2, server.hung_up);  // a daemon leaves no connection to its sessions
}

TEST(RemoteStore, Q40ASessionOfADaemonThatClearedSeesWhatOthersClearLater) {
  auto daemon = store();
  CHECK_TRUE(daemon.clear().ok());
  // Another host, which shares no memory.
  cache::RemoteShared elsewhere{};
  auto other = over(elsewhere);
  put(other, 1);
  CHECK_TRUE(other.clear().ok());
  CHECK_TRUE(put(other, 2) == Outcome::done);
  CHECK_TRUE(get(daemon, 2) == Outcome::done);  // as a session does that inherits it
}

TEST(RemoteStore, Q40ASessionThatLastsSeesThatItsDaemonCleared) {
  cache::SharedBlock<cache::RemoteShared> block;
  auto session = over(*block);
  put(session, 1);
  CHECK_TRUE(get(session, 1) == Outcome::done);
  const pid_t daemon = ::fork();
  if (daemon == 0) ::_exit(over(*block).clear().ok() ? 0 : 1);
  int status = -1;
  ::waitpid(daemon, &status, 0);
  LONGS_EQUAL(0, status);
  const std::string there = std::to_string(block->servers[0].generation);
  server.entries["p.generation"] = Bytes(there.begin(), there.end());
  CHECK_TRUE(get(session, 1) == Outcome::miss);
}

TEST(RemoteStore, Q40AClearedServerThatForgetsItsGenerationIsTold) {
  auto one = store();
  put(one, 1);
  auto entries = server.entries;
  CHECK_TRUE(one.clear().ok());
  server.entries = entries;  // restored without its generation
  auto next_session = store();
  CHECK_TRUE(get(next_session, 1) == Outcome::miss);
  LONGS_EQUAL(1, server.entries.count("p.generation"));
}

TEST(RemoteStore, ClearSaysWhichServerItDidNotReach) {
  auto both = store(true);
  for (unsigned int i = 0; i < 10; i++) put(both, i);
  second.down = true;
  const auto cleared = both.clear();
  CHECK_FALSE(cleared.ok());
  STRCMP_EQUAL(
      "not all servers are cleared: b:1 (does not answer, not cleared); clear again when that is "
      "mended",
      cleared.error().message.c_str());
  STRCMP_EQUAL("a:1", both.server_lines()[0].c_str());
  STRCMP_EQUAL("b:1 (does not answer, not cleared)", both.server_lines()[1].c_str());
}

TEST(RemoteStore, WhatWasNotClearedIsMarkedUntilItIs) {
  auto one = store();
  server.refuses = true;
  CHECK_FALSE(one.clear().ok());
  STRCMP_EQUAL("a:1 (keeps no entries, not cleared)", one.server_lines()[0].c_str());
  server.refuses = false;
  CHECK_TRUE(put(one, 1) == Outcome::done);
  STRCMP_EQUAL("a:1 (not cleared)", one.server_lines()[0].c_str());
  CHECK_TRUE(one.clear().ok());
  STRCMP_EQUAL("a:1", one.server_lines()[0].c_str());
}

TEST(RemoteStore, Q35ADeadServerCostsOneTimeOutAndIsSkippedByAll) {
  auto one = store();
  server.down = true;
  CHECK_TRUE(get(one, 1) == Outcome::told);
  LONGS_EQUAL(1, server.calls);
  auto other = store();
  for (unsigned int i = 0; i < 10; i++) {
    CHECK_TRUE(get(other, i) == Outcome::skipped);
    CHECK_TRUE(put(one, i) == Outcome::skipped);
  }
  CHECK_TRUE(one.remove(sample(32, 1)) == Outcome::skipped);
  STRCMP_EQUAL("a:1 (does not answer)", one.server_lines()[0].c_str());
  CHECK_FALSE(one.clear().ok());
  LONGS_EQUAL(1, server.calls);
  LONGS_EQUAL(1, told.size());
  STRCMP_EQUAL("the cache server a:1 does not answer (no answer): it is not asked until it does",
               told[0].c_str());
}

TEST(RemoteStore, ProbesCostNobodyATimeOut) {
  auto one = store();
  server.down = true;
  CHECK_TRUE(get(one, 1) == Outcome::told);
  const std::time_t later = kNow + cache::Outage::kShortestPause;
  for (std::time_t now = later; now < later + 200; now++) {
    CHECK_TRUE(get(one, 1, now) == Outcome::skipped);
  }
  LONGS_EQUAL(1, server.calls);
  CHECK_TRUE(server.probes >= 5);
  CHECK_TRUE(server.probes <= 12);
  LONGS_EQUAL(1, told.size());
}

TEST(RemoteStore, AServerThatIsBackIsUsedWhenAProbeSaysSo) {
  auto one = store();
  put(one, 1);
  server.down = true;
  CHECK_TRUE(get(one, 1) == Outcome::told);
  server.down = false;
  CHECK_TRUE(get(one, 1, kNow + 1) == Outcome::skipped);
  const std::time_t due = kNow + cache::Outage::kShortestPause;
  CHECK_TRUE(get(one, 1, due) == Outcome::skipped);  // the probe has begun
  CHECK_TRUE(get(one, 1, due) == Outcome::done);
  LONGS_EQUAL(2, told.size());
  STRCMP_EQUAL("the cache server a:1 answers again", told[1].c_str());
}

TEST(RemoteStore, TheEndOfASessionLooksAtItsProbe) {
  auto one = store();
  server.down = true;
  CHECK_TRUE(put(one, 1) == Outcome::told);
  server.down = false;
  const std::time_t due = kNow + cache::Outage::kShortestPause;
  CHECK_TRUE(put(one, 1, due) == Outcome::skipped);
  one.look_after(due);
  auto next_session = store();
  CHECK_TRUE(put(next_session, 1, due) == Outcome::done);
}

TEST(RemoteStore, TheOtherServersTakeOverForOneThatIsGone) {
  auto both = store(true);
  for (unsigned int i = 0; i < 20; i++) put(both, i);
  second.down = true;
  int unavailable = 0;
  for (unsigned int i = 0; i < 20; i++) {
    unavailable += get(both, i) == Outcome::told ? 1 : 0;
  }
  LONGS_EQUAL(1, unavailable);
  for (unsigned int i = 0; i < 20; i++) {
    CHECK_TRUE(put(both, i) == Outcome::done);
    CHECK_TRUE(get(both, i) == Outcome::done);
  }
}

TEST(RemoteStore, ARefusalIsToldOnceAndIsNoOutage) {
  auto one = store();
  server.refuses = true;
  CHECK_TRUE(put(one, 1) == Outcome::told);
  for (int i = 0; i < 5; i++) CHECK_TRUE(put(one, 1) == Outcome::skipped);
  LONGS_EQUAL(1, told.size());
  STRCMP_EQUAL("the cache server a:1 keeps no entries: it says 'no'", told[0].c_str());
  server.refuses = false;
  CHECK_TRUE(put(one, 1) == Outcome::done);
  server.refuses = true;
  CHECK_TRUE(put(one, 1) == Outcome::told);
  LONGS_EQUAL(2, told.size());
}

TEST(RemoteStore, ARefusedPasswordIsToldAsSuch) {
  auto one = store();
  server.denies = true;
  CHECK_TRUE(put(one, 1) == Outcome::told);
  for (int i = 0; i < 5; i++) CHECK_TRUE(put(one, 1) == Outcome::skipped);
  LONGS_EQUAL(1, told.size());
  STRCMP_EQUAL("the cache server a:1 refuses the password, and keeps no entries: it says 'who?'",
               told[0].c_str());
  STRCMP_EQUAL("a:1 (refuses the password)", one.server_lines()[0].c_str());
  server.denies = false;
  CHECK_TRUE(put(one, 1) == Outcome::done);
  STRCMP_EQUAL("a:1", one.server_lines()[0].c_str());
}

TEST(RemoteStore, Q20AForeignGenerationDoesNotGetIntoKeys) {
  for (const char *text : {"", "x y", "1\r\nflush_all\r\n", "999999999999999999999999", "-1"}) {
    const std::string value = text;
    server.entries["p.generation"] = Bytes(value.begin(), value.end());
    shared.servers[0].generation = 0;
    auto fresh = store();
    put(fresh, 1);
    CHECK_TRUE(server.entries.begin()->first.starts_with("p.0."));
    server.entries.clear();
    CHECK_TRUE(fresh.clear().ok());
    server.entries.clear();
  }
}

TEST(RemoteStore, NamesThatAreTooLongForAServer) {
  auto one = store();
  CHECK_TRUE(one.put(sample(65, 1), sample(1, 1), kNow + 1, kNow) == Outcome::too_large);
  CHECK_TRUE(one.get(sample(65, 1), kNow).outcome == Outcome::miss);
  CHECK_TRUE(one.remove(sample(65, 1)) == Outcome::miss);
  LONGS_EQUAL(0, server.calls);
}

namespace {

/// Two processes that take their steps at the same time.
struct InStep {
  cache::RemoteShared known;
  std::atomic<int> arrived;

  void wait_for(int all) {
    arrived++;
    while (arrived < all) sched_yield();
  }
};

}  // namespace

TEST(RemoteStore, TwoProcessesThatRemoveAtOnceDoNotCountBelowNothing) {
  constexpr int kRounds = 500;
  cache::SharedBlock<InStep> both;
  auto one = over(both->known);
  for (unsigned int i = 0; i < kRounds; i++) put(one, i);
  const pid_t child = fork();
  std::uint64_t most = 0;
  for (int i = 0; i < kRounds; i++) {
    both->wait_for(4 * i + 2);
    if (child != 0) both->known.stored_since_clear = 1;
    both->wait_for(4 * i + 4);
    one.remove(sample(32, static_cast<unsigned int>(i)));
    most = std::max(most, one.facts().entries);
  }
  if (child == 0) _exit(most <= 1 ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  LONGS_EQUAL(0, status);
  CHECK_TRUE(most <= 1);
  LONGS_EQUAL(0, one.facts().entries);
}

TEST(RemoteStore, CountsOfTwoProcessesAddUp) {
  constexpr unsigned int kEach = 500;
  cache::SharedBlock<cache::RemoteShared> known;
  auto one = over(*known);
  const pid_t child = fork();
  for (unsigned int i = 0; i < kEach; i++) put(one, i);
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  LONGS_EQUAL(2 * kEach, one.facts().entries);
}
