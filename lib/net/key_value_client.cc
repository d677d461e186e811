// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/key_value_client.h"

#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "core/reply_line.h"

namespace mod_tls::net {

namespace {

using core::KeyValueOutcome;
using core::KeyValueReply;
using core::KeyValueRequest;
using core::KeyValueVerb;
using std::chrono::steady_clock;

constexpr std::size_t kChunk = std::size_t{16} * 1024;
constexpr std::string_view kEnded = "it ended the connection";

KeyValueReply failure(std::string reason) {
  return {KeyValueOutcome::failed, {}, std::move(reason)};
}

std::span<const std::uint8_t> bytes_of(const std::string &text) {
  return {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

core::Result<std::vector<Address>> local_socket(const std::string &path) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  if (path.size() >= sizeof local.sun_path) {
    return core::Error{core::Errc::bad_value, "the path of the local socket is too long: " + path};
  }
  std::memcpy(local.sun_path, path.c_str(), path.size());
  return std::vector{Address(reinterpret_cast<const sockaddr *>(&local), sizeof local)};
}

}  // namespace

core::Result<std::vector<Address>> addresses_of(const core::ServerAddress &server,
                                                std::chrono::milliseconds time) {
  if (server.is_local()) return local_socket(server.host);
  return resolve(server.host, server.port, steady_clock::now() + time);
}

/// One that was of no use is not the first to be tried the next time.
void ServerClient::next_address() {
  if (!addresses_.empty())
    std::rotate(addresses_.begin(), addresses_.begin() + 1, addresses_.end());
}

core::Status ServerClient::connect(Deadline end) {
  const Deadline deadline = std::min(end, steady_clock::now() + times_.connect);
  core::Status status = core::Error{core::Errc::io, "it has no address"};
  for (std::size_t left = addresses_.size(); left > 0; left--) {
    auto socket = Socket::connect(addresses_.front(), share_of(deadline, left));
    if (socket) {
      connection_ = std::move(*socket);
      return core::success();
    }
    next_address();
    status = std::move(socket).error();
  }
  return status;
}

/// A server without a password may be used, whatever it says to ours. Done if the server may.
KeyValueReply ServerClient::greet(Deadline end) {
  login_refusal_.clear();
  for (const auto &greeting : protocol_.greeting()) {
    KeyValueReply reply = exchange(KeyValueVerb::probe, greeting.request, end).reply;
    reply.reason = core::without_password(std::move(reply.reason), greeting.password);
    if (reply.outcome == KeyValueOutcome::failed) return reply;
    if (reply.outcome != KeyValueOutcome::refused) continue;
    if (greeting.must_succeed) return explained(std::move(reply));
    login_refusal_ =
        reply.reason + "; mend user and password in " + std::string(greeting.directive);
  }
  return {KeyValueOutcome::done};
}

/// That nobody has logged in follows from what the server had against the password.
KeyValueReply ServerClient::explained(KeyValueReply reply) const {
  const bool denied = reply.outcome == KeyValueOutcome::refused && !login_refusal_.empty() &&
                      protocol_.wants_login(reply.reason);
  return denied ? KeyValueReply{KeyValueOutcome::denied, {}, login_refusal_} : std::move(reply);
}

KeyValueReply ServerClient::receive(KeyValueVerb verb, Deadline deadline) {
  std::string received;
  std::array<std::uint8_t, kChunk> chunk{};
  // A server that sends a byte now and then meets the deadline as well.
  while (steady_clock::now() < deadline) {
    const auto size = connection_->receive(chunk, deadline);
    if (!size) return failure(size.error().message);
    if (*size == 0) return failure(std::string(kEnded));
    received.append(reinterpret_cast<const char *>(chunk.data()), *size);
    core::ReplyScan scan = protocol_.scan(verb, received);
    if (scan.state != core::ReplyScan::State::partial) return std::move(scan.reply);
  }
  return failure("no whole answer in time");
}

ServerClient::Ending ServerClient::exchange(KeyValueVerb verb, const std::string &request,
                                            Deadline end) {
  const Deadline deadline = std::min(end, steady_clock::now() + times_.answer);
  Ending ending{failure("")};
  if (const auto sent = connection_->send(bytes_of(request), deadline); !sent) {
    ending = {failure(sent.error().message), true};
  } else {
    ending.reply = receive(verb, deadline);
    ending.stale = ending.reply.reason == kEnded;
  }
  if (ending.reply.outcome == KeyValueOutcome::failed) connection_.reset();
  return ending;
}

KeyValueReply ServerClient::ask_anew(const KeyValueRequest &request, Deadline end) {
  if (const auto connected = connect(end); !connected) {
    connection_.reset();
    // A local socket behind the chroot of this session says nothing about the server.
    const bool unreachable = connected.error().code != core::Errc::io;
    return {unreachable ? KeyValueOutcome::refused : KeyValueOutcome::failed,
            {},
            connected.error().message};
  }
  if (KeyValueReply greeted = greet(end); greeted.outcome != KeyValueOutcome::done) {
    connection_.reset();
    return greeted;
  }
  return explained(exchange(request.verb, protocol_.request(request), end).reply);
}

KeyValueReply ServerClient::ask(const KeyValueRequest &request) {
  if (process_ != ::getpid()) connection_.reset();
  process_ = ::getpid();
  const Deadline end = steady_clock::now() + times_.connect + times_.answer;
  if (!connection_) return ask_anew(request, end);
  Ending ending = exchange(request.verb, protocol_.request(request), end);
  // A server that was restarted since: only that is worth a second connection.
  return ending.stale ? ask_anew(request, end) : explained(std::move(ending.reply));
}

ServerClient::Probe ServerClient::begin_probe() {
  probe_.reset();
  probe_sent_ = false;
  for (std::size_t i = 0; i < addresses_.size(); i++) {
    auto socket = Socket::begin(addresses_.front());
    if (socket) {
      probe_ = std::move(*socket);
      return Probe::pending;
    }
    next_address();
  }
  return Probe::failed;
}

ServerClient::Probe ServerClient::probe() {
  if (!probe_) return Probe::idle;
  const Probe result = look_at_probe();
  if (result == Probe::failed) next_address();
  return result;
}

ServerClient::Probe ServerClient::look_at_probe() {
  const Deadline at_once = steady_clock::now();
  const core::KeyValueRequest question{};
  if (!probe_sent_) {
    probe_sent_ = probe_->send(bytes_of(protocol_.request(question)), at_once).ok();
  }
  // A connection that was refused is readable, too.
  if (!probe_->readable()) return Probe::pending;
  std::array<std::uint8_t, 256> chunk{};
  const auto size = probe_->receive(chunk, at_once);
  probe_.reset();
  if (!size || *size == 0) return Probe::failed;
  const std::string_view received{reinterpret_cast<const char *>(chunk.data()), *size};
  const core::ReplyScan scan = protocol_.scan(question.verb, received);
  return scan.state == core::ReplyScan::State::whole ? Probe::answered : Probe::failed;
}

}  // namespace mod_tls::net
