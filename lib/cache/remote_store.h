// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/byte_store.h"
#include "cache/counters.h"
#include "cache/outage.h"
#include "core/key_value.h"

namespace mod_tls::cache {

inline constexpr std::size_t kMostServers = 32;

/// What a server has against us that answers.
enum class Refusal : std::uint8_t { nothing, entries, password };

/// What all processes know about one server. Valid when all bits are 0.
struct ServerState {
  Outage outage;
  std::atomic<std::uint64_t> generation;  ///< The highest that was seen there.
  std::atomic<Refusal> refuses;           ///< It answers, but not as we want; that was told.
  std::atomic<bool> not_cleared;          ///< The last clear() has not reached it.
};

/// What the processes that use the same servers share. Valid when all bits are 0.
struct RemoteShared {
  Counters counters;
  std::array<ServerState, kMostServers> servers;
  std::atomic<std::uint64_t> stored_since_clear;
};

/// RemoteStore keeps entries on servers that others use, too: each on the one its name chooses
/// among those that answer. Keys are "<prefix><generation>.<hex name>"; clear() begins a new
/// generation, so that nothing need be searched for, and what is left expires.
///
/// A server that does not answer costs one call one time-out. Then all processes skip it, and ask
/// now and then, without waiting, whether it is there again.
class RemoteStore final : public ByteStore {
 public:
  /// Asks for the time where a call has none.
  using Clock = std::time_t (*)();
  /// Gets a line when an outage begins or ends.
  using Tell = std::function<void(const std::string &line)>;
  using Clients = std::vector<std::unique_ptr<core::KeyValueClient>>;

  /// At most kMostServers clients; `shared` is about them.
  RemoteStore(Clients clients, std::string prefix, RemoteShared &shared, Clock clock, Tell tell);

  Outcome put(ByteView name, ByteView value, std::time_t expires, std::time_t now) override;
  Found get(ByteView name, std::time_t now) override;
  Outcome remove(ByteView name) override;
  /// How many entries this daemon has stored since the last time. An error if a server was not
  /// reached: then its entries are still there.
  core::Result<std::uint64_t> clear() override;
  StoreFacts facts() override;

  /// Looks at what has become of probes; for the end of a process.
  void look_after(std::time_t now);
  /// "<name>", or "<name> (does not answer, not cleared)", for each server.
  [[nodiscard]] std::vector<std::string> server_lines() const;

 private:
  struct Server {
    std::unique_ptr<core::KeyValueClient> client;
    ServerState &state;
    std::optional<std::uint64_t> generation = {};  ///< Once this process has asked.
  };

  [[nodiscard]] static std::string text_of(const Server &server);
  void look_after(Server &server, std::time_t now);
  /// Null if there is none that answers.
  Server *server_of(ByteView name, std::time_t now);
  core::KeyValueReply ask(Server &server, const core::KeyValueRequest &request);
  bool learn_generation(Server &server, std::time_t now);
  bool store_generation(Server &server, std::uint64_t generation, std::time_t now);
  bool renew_generation(Server &server, std::time_t now);
  /// Asks for the entry where it belongs.
  Outcome ask_for(ByteView name, core::KeyValueRequest request, Bytes *value);
  void note_refusal(Server &server, const core::KeyValueReply &reply);
  void note_trouble(Server &server, const core::KeyValueReply &reply, std::time_t now);
  void note_end(Server &server);

  std::string prefix_;
  RemoteShared &shared_;
  Clock clock_;
  Tell tell_;
  std::vector<Server> servers_;
};

}  // namespace mod_tls::cache
