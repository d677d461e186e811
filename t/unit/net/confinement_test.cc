// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/confinement.h"

#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "CppUTest/TestHarness.h"

namespace net = mod_tls::net;

namespace {

constexpr uid_t kNobody = 65534;

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) != -1;
}

/// A server on the loopback interface, a client of it, and the connection that came in.
struct Served {
  int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  int client = ::socket(AF_INET, SOCK_STREAM, 0);
  int accepted = -1;

  bool connect() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto *generic = reinterpret_cast<sockaddr *>(&address);
    socklen_t size = sizeof address;
    if (::bind(listener, generic, size) != 0 || ::listen(listener, 1) != 0) return false;
    if (::getsockname(listener, generic, &size) != 0) return false;
    if (::connect(client, generic, size) != 0) return false;
    accepted = ::accept(listener, nullptr, nullptr);
    return accepted >= 0;
  }
};

int listen_on_path(const std::string &path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const bool listens = ::bind(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0 &&
                       ::listen(fd, 1) == 0;
  ::unlink(path.c_str());
  return listens ? fd : -1;
}

/// What `work` says in a child process, which it may spoil.
template <class Work>
bool in_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work() ? 0 : 1);
  int status = -1;
  ::waitpid(child, &status, 0);
  return status == 0;
}

bool is_all(const net::Account &account) {
  uid_t users[3] = {};
  gid_t groups[3] = {};
  gid_t more[8] = {};
  ::getresuid(&users[0], &users[1], &users[2]);
  ::getresgid(&groups[0], &groups[1], &groups[2]);
  const int count = ::getgroups(8, more);
  return users[0] == account.user && users[1] == account.user && users[2] == account.user &&
         groups[0] == account.group && groups[2] == account.group &&
         count == static_cast<int>(account.groups.size()) &&
         (count == 0 || more[0] == account.groups[0]);
}

}  // namespace

TEST_GROUP(Confinement){};

TEST(Confinement, ServersAndTheirConnectionsAreClosed) {
  CHECK_TRUE(in_child([] {
    Served served;
    const int unix_listener = listen_on_path("confinement-" + std::to_string(::getpid()));
    if (!served.connect() || unix_listener < 0) return false;
    net::close_servers();
    return !is_open(served.listener) && !is_open(served.accepted) && !is_open(unix_listener);
  }));
}

TEST(Confinement, WhatIsNoServersStaysOpen) {
  CHECK_TRUE(in_child([] {
    Served served;
    int pipe[2] = {};
    int pair[2] = {};
    if (!served.connect() || ::pipe(pipe) != 0) return false;
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return false;
    net::close_servers();
    return is_open(served.client) && is_open(pipe[0]) && is_open(pipe[1]) && is_open(pair[0]) &&
           is_open(pair[1]) && is_open(STDERR_FILENO);
  }));
}

TEST(Confinement, RootBecomesSomebodyElseForGood) {
  if (::geteuid() != 0) return;
  const net::Account nobody{.user = kNobody, .group = kNobody, .groups = {kNobody}};
  CHECK_TRUE(in_child([&] {
    return net::become(nobody).ok() && is_all(nobody) && ::setuid(0) != 0 && ::seteuid(0) != 0 &&
           ::prctl(PR_GET_DUMPABLE) == 0 && ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
  }));
}

TEST(Confinement, RootsGroupsAreNotKept) {
  if (::geteuid() != 0) return;
  const net::Account nobody{.user = kNobody, .group = kNobody};
  CHECK_TRUE(in_child([&] {
    const gid_t before[] = {0, 4, 27};
    return ::setgroups(3, before) == 0 && net::become(nobody).ok() && is_all(nobody);
  }));
}

TEST(Confinement, WhoIsNotRootStaysWhoItIsAndBecomesNobodyElse) {
  CHECK_TRUE(in_child([] {
    if (::geteuid() == 0 &&
        (::setgroups(0, nullptr) != 0 || ::setresgid(65533, 65533, 65533) != 0 ||
         ::setresuid(65533, 65533, 65533) != 0)) {
      return false;
    }
    const net::Account own{.user = ::getuid(), .group = ::getgid()};
    const net::Account other{.user = kNobody, .group = kNobody};
    const auto refused = net::become(other);
    return !refused.ok() && refused.error().message.find("cannot become user") == 0 &&
           net::become(own).ok();
  }));
}
