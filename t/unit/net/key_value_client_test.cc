// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/key_value_client.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "core/memcached_protocol.h"
#include "core/redis_protocol.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls;
using core::KeyValueOutcome;
using core::KeyValueVerb;
using net::ServerClient;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Probe = core::KeyValueClient::Probe;

namespace {

constexpr milliseconds kTime{100};      // for what does not come
constexpr milliseconds kPatient{5000};  // for what comes, on a busy machine too

/// How a server in a process of its own treats its connections.
enum class Manner { answer, end_after_each, never, trickle };

/// A socket that listens on a port of its own.
int listen_somewhere(int backlog, sockaddr_in &address) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto *generic = reinterpret_cast<sockaddr *>(&address);
  socklen_t size = sizeof address;
  CHECK_EQUAL(0, ::bind(listener, generic, size));
  CHECK_EQUAL(0, ::listen(listener, backlog));
  CHECK_EQUAL(0, ::getsockname(listener, generic, &size));
  return listener;
}

/// A port whose queue is full: the kernel drops what asks for a connection.
class Deaf {
 public:
  Deaf() {
    sockets_[0] = listen_somewhere(0, address_);
    for (std::size_t i = 1; i < sockets_.size(); i++) {
      sockets_[i] = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      (void)::connect(sockets_[i], reinterpret_cast<sockaddr *>(&address_), sizeof address_);
    }
  }
  Deaf(const Deaf &) = delete;
  Deaf &operator=(const Deaf &) = delete;
  ~Deaf() {
    for (const int fd : sockets_) ::close(fd);
  }
  [[nodiscard]] std::uint16_t port() const { return ntohs(address_.sin_port); }

 private:
  sockaddr_in address_{};
  std::array<int, 4> sockets_{};
};

class Server {
 public:
  Server(Manner manner, std::string answer) {
    sockaddr_in address{};
    const int listener = listen_somewhere(5, address);
    port_ = ntohs(address.sin_port);
    pid_ = ::fork();
    if (pid_ == 0) {
      for (;;) serve(::accept(listener, nullptr, nullptr), manner, answer);
    }
    ::close(listener);
  }
  Server(const Server &) = delete;
  Server &operator=(const Server &) = delete;
  ~Server() { end(); }

  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  static void send(int client, const std::string &text) {
    if (::write(client, text.data(), text.size()) < 0) ::_exit(1);
  }
  static void serve(int client, Manner manner, const std::string &answer) {
    char request[4096];
    while (::read(client, request, sizeof request) > 0) {
      switch (manner) {
        case Manner::answer:
          send(client, answer);
          break;
        case Manner::end_after_each:
          send(client, answer);
          ::close(client);
          return;
        case Manner::never:
          break;
        case Manner::trickle:
          for (;; ::usleep(5000)) send(client, "x");
      }
    }
    ::close(client);
  }

  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace

TEST_GROUP(ServerClient) {
  core::MemcachedProtocol protocol;

  ServerClient client_of(std::uint16_t port, milliseconds time = kPatient) {
    auto addresses = net::addresses_of({"127.0.0.1", port}, milliseconds{1000});
    CHECK_TRUE(addresses.ok());
    return {"here", std::move(*addresses), protocol, {time, time}};
  }
  static KeyValueOutcome get(ServerClient & client) {
    return client.ask({KeyValueVerb::get, "k"}).outcome;
  }
  /// Asks, and wants a failure for which no more than one time-out was waited.
  static std::string failure_in_time(ServerClient & client) {
    const auto began = steady_clock::now();
    const auto reply = client.ask({KeyValueVerb::get, "k"});
    CHECK_TRUE(steady_clock::now() - began < kPatient);
    CHECK_TRUE(reply.outcome == KeyValueOutcome::failed);
    return reply.reason;
  }
  static Probe end_of_probe(ServerClient & client) {
    Probe probe = client.begin_probe();
    for (int i = 0; i < 2000 && probe == Probe::pending; i++) {
      ::usleep(5000);
      probe = client.probe();
    }
    return probe;
  }
};

TEST(ServerClient, OneConnectionServesManyRequests) {
  const Server server(Manner::answer, "VALUE k 0 3\r\nabc\r\nEND\r\n");
  ServerClient client = client_of(server.port());
  for (int i = 0; i < 3; i++) CHECK_TRUE(get(client) == KeyValueOutcome::done);
}

TEST(ServerClient, AConnectionThatWasEndedMeanwhileIsOpenedAgain) {
  const Server server(Manner::end_after_each, "END\r\n");
  ServerClient client = client_of(server.port());
  for (int i = 0; i < 3; i++) {
    CHECK_TRUE(get(client) == KeyValueOutcome::missing);
    ::usleep(20000);
  }
}

TEST(ServerClient, AChildUsesAConnectionOfItsOwn) {
  const Server server(Manner::answer, "END\r\n");
  ServerClient client = client_of(server.port(), 5 * kTime);
  CHECK_TRUE(get(client) == KeyValueOutcome::missing);
  // The server takes one connection at a time: the child's waits for the end of ours.
  const pid_t child = ::fork();
  if (child == 0) ::_exit(get(client) == KeyValueOutcome::failed ? 0 : 1);
  int status = -1;
  ::waitpid(child, &status, 0);
  LONGS_EQUAL(0, status);
  CHECK_TRUE(get(client) == KeyValueOutcome::missing);
}

TEST(ServerClient, Q35AServerThatNeverAnswersCostsOneTimeOut) {
  const Server server(Manner::never, "");
  ServerClient client = client_of(server.port(), kTime);
  STRCMP_CONTAINS("no answer", failure_in_time(client).c_str());
}

TEST(ServerClient, Q35AServerThatTricklesCostsOneTimeOut) {
  const Server server(Manner::trickle, "");
  ServerClient client = client_of(server.port(), kTime);
  (void)failure_in_time(client);
}

TEST(ServerClient, Q35AServerThatIsNotThereCostsNothing) {
  Server server(Manner::never, "");
  ServerClient client = client_of(server.port());
  server.end();
  STRCMP_CONTAINS("Connection refused", failure_in_time(client).c_str());
}

TEST(ServerClient, Q20NonsenseEndsTheConnection) {
  const Server server(Manner::answer, "nonsense\r\n");
  ServerClient client = client_of(server.port());
  for (int i = 0; i < 2; i++) {
    STRCMP_CONTAINS("makes no sense: 'nonsense", failure_in_time(client).c_str());
  }
}

TEST(ServerClient, AProbeFindsOutWithoutWaiting) {
  Server good(Manner::answer, "VERSION 1\r\n");
  ServerClient client = client_of(good.port());
  CHECK_TRUE(client.probe() == Probe::idle);
  CHECK_TRUE(end_of_probe(client) == Probe::answered);
  CHECK_TRUE(client.probe() == Probe::idle);
  good.end();
  CHECK_TRUE(end_of_probe(client) == Probe::failed);
}

TEST(ServerClient, AProbeOfALiarFailsAndOfAStalledServerStaysPending) {
  const Server liar(Manner::answer, "STORED\r\n");
  ServerClient lied_to = client_of(liar.port());
  CHECK_TRUE(end_of_probe(lied_to) == Probe::failed);
  const Server silent(Manner::never, "");
  ServerClient ignored = client_of(silent.port());
  CHECK_TRUE(ignored.begin_probe() == Probe::pending);
  ::usleep(30000);
  CHECK_TRUE(ignored.probe() == Probe::pending);
}

TEST(ServerClient, ARefusedDatabaseIsNotReplacedByAnother) {
  const Server server(Manner::answer, "-ERR DB index is out of range\r\n");
  const core::RedisProtocol redis{core::RedisLogin{"", "", "99"}};
  auto addresses = net::addresses_of({"127.0.0.1", server.port()}, milliseconds{1000});
  ServerClient client{"here", std::move(*addresses), redis, {kPatient, kPatient}};
  const auto reply = client.ask({KeyValueVerb::get, "k"});
  CHECK_TRUE(reply.outcome == KeyValueOutcome::refused);
  STRCMP_EQUAL("it says '-ERR DB index is out of range'", reply.reason.c_str());
}

TEST(ServerClient, WhatRedisHasAgainstThePasswordIsSaidAndNotThePassword) {
  const Server server(Manner::answer, "-NOAUTH it is not open\\sesame\r\n");
  const core::RedisProtocol redis{core::RedisLogin{"", "open\\sesame", "3"}};
  auto addresses = net::addresses_of({"127.0.0.1", server.port()}, milliseconds{1000});
  ServerClient client{"here", std::move(*addresses), redis, {kPatient, kPatient}};
  for (int i = 0; i < 2; i++) {
    const auto reply = client.ask({KeyValueVerb::get, "k"});
    CHECK_TRUE(reply.outcome == KeyValueOutcome::denied);
    STRCMP_EQUAL("it says '-NOAUTH it is not ***'; mend user and password in RedisServer",
                 reply.reason.c_str());
  }
}

TEST(ServerClient, ARefusalOfAnotherKindIsNotBlamedOnThePassword) {
  const Server server(Manner::answer, "-OOM command not allowed\r\n");
  const core::RedisProtocol redis{core::RedisLogin{"", "secret", ""}};
  auto addresses = net::addresses_of({"127.0.0.1", server.port()}, milliseconds{1000});
  ServerClient client{"here", std::move(*addresses), redis, {kPatient, kPatient}};
  const auto reply = client.ask({KeyValueVerb::get, "k"});
  CHECK_TRUE(reply.outcome == KeyValueOutcome::refused);
  STRCMP_EQUAL("it says '-OOM command not allowed'", reply.reason.c_str());
}

TEST(ServerClient, EveryAddressOfANameIsProbed) {
  Server gone(Manner::never, "");
  const Server good(Manner::answer, "VERSION 1\r\n");
  auto addresses = *net::addresses_of({"127.0.0.1", gone.port()}, milliseconds{1000});
  addresses.push_back(net::addresses_of({"127.0.0.1", good.port()}, milliseconds{1000})->front());
  gone.end();
  ServerClient client{"here", std::move(addresses), protocol, {kTime, kTime}};
  CHECK_TRUE(end_of_probe(client) == Probe::failed);
  CHECK_TRUE(end_of_probe(client) == Probe::answered);
}

TEST(ServerClient, AnAddressThatDropsPacketsLeavesTimeForTheOthers) {
  const Deaf deaf;
  const Server good(Manner::answer, "END\r\n");
  auto addresses = *net::addresses_of({"127.0.0.1", deaf.port()}, milliseconds{1000});
  addresses.push_back(net::addresses_of({"127.0.0.1", good.port()}, milliseconds{1000})->front());
  ServerClient client{"here", std::move(addresses), protocol, {10 * kTime, kPatient}};
  CHECK_TRUE(get(client) == KeyValueOutcome::missing);
}

TEST(ServerClient, LocalSocketsHaveAPath) {
  const auto address = net::addresses_of({"/run/x.sock", 0}, milliseconds{10});
  LONGS_EQUAL(AF_UNIX, address->front().family());
  const auto *local = reinterpret_cast<const sockaddr_un *>(address->front().get());
  STRCMP_EQUAL("/run/x.sock", local->sun_path);
  CHECK_FALSE(net::addresses_of({"/" + std::string(200, 'x'), 0}, milliseconds{10}).ok());
}

TEST(ServerClient, ALocalSocketThatIsOutOfReachIsNoOutage) {
  auto addresses = net::addresses_of({"/no/such/socket", 0}, milliseconds{10});
  ServerClient client{"here", std::move(*addresses), protocol, {kTime, kTime}};
  const auto reply = client.ask({KeyValueVerb::get, "k"});
  CHECK_TRUE(reply.outcome == KeyValueOutcome::refused);
  STRCMP_EQUAL("cannot connect: No such file or directory", reply.reason.c_str());
}
