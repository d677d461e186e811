// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/resolver.h"

#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace mod_tls::net {

namespace {

using std::chrono::steady_clock;

struct FreeAddresses {
  void operator()(addrinfo *list) const noexcept { ::freeaddrinfo(list); }
};

/// A question to getaddrinfo_a(3), with all it points to.
struct Question {
  std::string host;
  std::string service;
  addrinfo hints{};
  gaicb control{};
};

std::unique_ptr<Question> question_for(const std::string &host, std::uint16_t port, int flags) {
  auto question = std::make_unique<Question>();
  question->host = host;
  question->service = std::to_string(port);
  question->hints.ai_family = AF_UNSPEC;
  question->hints.ai_socktype = SOCK_STREAM;
  question->hints.ai_flags = AI_NUMERICSERV | flags;
  question->control.ar_name = question->host.c_str();
  question->control.ar_service = question->service.c_str();
  question->control.ar_request = &question->hints;
  return question;
}

timespec time_left(steady_clock::time_point deadline) {
  const auto left = std::max<steady_clock::duration>(deadline - steady_clock::now(),
                                                     std::chrono::milliseconds{1});
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  return {.tv_sec = static_cast<time_t>(seconds.count()),
          .tv_nsec = static_cast<long>(
              std::chrono::duration_cast<std::chrono::nanoseconds>(left - seconds).count())};
}

/// Looks a name up in a thread of the library. One that does not end in time keeps its question:
/// its memory is given up on purpose.
int look_up(std::unique_ptr<Question> &question, steady_clock::time_point deadline) {
  gaicb *list[] = {&question->control};
  if (const int failed = ::getaddrinfo_a(GAI_NOWAIT, list, 1, nullptr); failed != 0) return failed;
  int outcome = ::gai_error(list[0]);
  while (outcome == EAI_INPROGRESS && steady_clock::now() < deadline) {
    const timespec left = time_left(deadline);
    ::gai_suspend(list, 1, &left);
    outcome = ::gai_error(list[0]);
  }
  if (outcome != EAI_INPROGRESS) return outcome;
  if (::gai_cancel(list[0]) == EAI_NOTCANCELED) static_cast<void>(question.release());
  return EAI_AGAIN;
}

std::vector<Address> addresses_of(const addrinfo *list) {
  std::vector<Address> addresses;
  for (const addrinfo *each = list; each != nullptr; each = each->ai_next) {
    const Address address(each->ai_addr, each->ai_addrlen);
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
                                           steady_clock::time_point deadline) {
  auto question = question_for(host, port, AI_NUMERICHOST);
  addrinfo *found = nullptr;
  int outcome = ::getaddrinfo(host.c_str(), question->service.c_str(), &question->hints, &found);
  if (outcome == EAI_NONAME) {
    question = question_for(host, port, AI_ADDRCONFIG);
    outcome = look_up(question, deadline);
    if (outcome == 0) found = question->control.ar_result;
  }
  const std::unique_ptr<addrinfo, FreeAddresses> list(outcome == 0 ? found : nullptr);
  if (outcome != 0) return unknown_address(host, ::gai_strerror(outcome));
  auto addresses = addresses_of(list.get());
  if (addresses.empty()) return unknown_address(host, "it is none to connect to");
  return addresses;
}

}  // namespace mod_tls::net
