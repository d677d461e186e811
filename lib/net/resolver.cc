// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/resolver.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <memory>
#include <optional>
#include <span>

#include "net/pipe.h"

namespace mod_tls::net {

namespace {

using std::chrono::steady_clock;

struct FreeAddresses {
  void operator()(addrinfo *list) const noexcept { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, FreeAddresses>;

/// What a look-up has found.
struct Finding {
  static constexpr std::size_t kMost = 16;

  struct Place {
    sockaddr_storage address;
    socklen_t size;
  };

  int outcome = EAI_AGAIN;  ///< As of getaddrinfo(3).
  std::size_t count = 0;
  std::array<Place, kMost> places{};
};
static_assert(sizeof(Finding) <= 4096, "a pipe takes it in one piece (PIPE_BUF)");

/// Allocates nothing but what the library does: it also runs in a child.
Finding look_up(const char *host, const char *service, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | flags;
  Finding finding;
  addrinfo *found = nullptr;
  finding.outcome = ::getaddrinfo(host, service, &hints, &found);
  const AddressList list(finding.outcome == 0 ? found : nullptr);
  for (const addrinfo *each = list.get(); each != nullptr && finding.count < Finding::kMost;
       each = each->ai_next) {
    Finding::Place &place = finding.places[finding.count++];
    place.size = std::min<socklen_t>(each->ai_addrlen, sizeof place.address);
    std::memcpy(&place.address, each->ai_addr, place.size);
  }
  return finding;
}

/// The handlers of the process it comes from are not for the child, and nor is all the time.
void become_child(unsigned int seconds) {
  for (int number = 1; number < NSIG; number++) static_cast<void>(std::signal(number, SIG_DFL));
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::alarm(seconds);
}

[[noreturn]] void answer(int fd, const char *host, const char *service, unsigned int seconds) {
  become_child(seconds);
  const Finding finding = look_up(host, service, AI_ADDRCONFIG);
  const bool told = ::write(fd, &finding, sizeof finding) == sizeof finding;
  ::_exit(told ? 0 : 1);  // NOLINT(exit): a process of ours, in which the host has no part
}

std::optional<Finding> read_finding(int fd, Deadline deadline) {
  Finding finding;
  if (wait_for(fd, POLLIN, deadline) != 0) return {};
  if (::read(fd, &finding, sizeof finding) != sizeof finding) return {};
  return finding;
}

/// Looks a name up in a child, which a name server that thinks does not survive. The library's
/// threads would not do: there are none in what a process forks once it has used them.
Finding look_up_in_child(const std::string &host, const std::string &service, Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::seconds>(deadline - steady_clock::now());
  Pipe pipe;
  if (left.count() <= 0 || !pipe.ok()) return {};
  const pid_t child = ::fork();
  if (child < 0) return {};
  if (child == 0) {
    answer(pipe.writer(), host.c_str(), service.c_str(), static_cast<unsigned int>(left.count()));
  }
  pipe.keep_reader();
  const auto finding = read_finding(pipe.reader(), deadline);
  if (!finding) ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);  // the host may have been first
  return finding.value_or(Finding{});
}

std::vector<Address> addresses_in(const Finding &finding) {
  std::vector<Address> addresses;
  for (const Finding::Place &place : std::span(finding.places).first(finding.count)) {
    const Address address(reinterpret_cast<const sockaddr *>(&place.address), place.size);
    if (core::may_be_asked(address.bytes())) addresses.push_back(address);
  }
  return addresses;
}

core::Error unknown_address(const std::string &host, const std::string &why) {
  return {core::Errc::not_found, "cannot find the address of " + host + ": " + why};
}

}  // namespace

Address::Address(const sockaddr *address, socklen_t size)
    : size_(std::min<socklen_t>(size, sizeof storage_)) {
  std::memcpy(&storage_, address, size_);
}

core::AddressBytes Address::bytes() const {
  if (family() == AF_INET) {
    const auto *v4 = reinterpret_cast<const sockaddr_in *>(&storage_);
    return {reinterpret_cast<const std::uint8_t *>(&v4->sin_addr), sizeof v4->sin_addr};
  }
  if (family() != AF_INET6) return {};
  const auto *v6 = reinterpret_cast<const sockaddr_in6 *>(&storage_);
  return {reinterpret_cast<const std::uint8_t *>(&v6->sin6_addr), sizeof v6->sin6_addr};
}

const sockaddr *Address::get() const {
  return reinterpret_cast<const sockaddr *>(&storage_);
}

core::Result<std::vector<Address>> resolve(const std::string &host, std::uint16_t port,
                                           Deadline deadline) {
  const std::string service = std::to_string(port);
  Finding finding = look_up(host.c_str(), service.c_str(), AI_NUMERICHOST);
  if (finding.outcome == EAI_NONAME) finding = look_up_in_child(host, service, deadline);
  if (finding.outcome != 0) return unknown_address(host, ::gai_strerror(finding.outcome));
  auto addresses = addresses_in(finding);
  if (addresses.empty()) return unknown_address(host, "it is none to connect to");
  return addresses;
}

}  // namespace mod_tls::net
