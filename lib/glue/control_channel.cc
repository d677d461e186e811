// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/control_channel.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "glue/log.h"
#include "ossl/session_cache.h"

namespace mod_tls::glue {

namespace {

using ossl::StreamStatus;

/// Input read ahead while a transfer runs is bounded: a command line is far shorter.
constexpr std::size_t kMaxAhead = 8192;
constexpr std::chrono::milliseconds kCloseWait{1000};
constexpr std::chrono::milliseconds kLookInterval{50};

bool is_nonblocking(int fd) {
  return (::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
}

bool wants(StreamStatus status) {
  return status == StreamStatus::want_read || status == StreamStatus::want_write;
}

/// The answer where waiting is not wanted. What was accepted leaves with what follows.
int give_up(bool all_accepted, std::size_t size) {
  if (all_accepted) return static_cast<int>(size);
  errno = EWOULDBLOCK;
  return -1;
}

bool starts_with_abort(std::string_view line) {
  // Clients may put Telnet IP and Synch (RFC 959, 4.1.3) in front.
  while (!line.empty() && static_cast<unsigned char>(line.front()) >= 0xF0) line.remove_prefix(1);
  constexpr std::string_view kAbort = "ABOR";
  if (line.size() < kAbort.size()) return false;
  return std::equal(kAbort.begin(), kAbort.end(), line.begin(),
                    [](char a, char b) { return a == (b & ~0x20); });
}

}  // namespace

core::IoResult ControlTransport::read(std::span<std::byte> into) {
  const core::IoResult result = fds_.read(into);
  boundary_.pass(into.first(result.bytes));
  return result;
}

bool ControlTransport::next_is_plain() const {
  if (!boundary_.at_start()) return false;
  const auto next = fds_.peek();
  return next && !core::starts_tls_record(*next);
}

ControlChannel::ControlChannel(int read_fd, int write_fd, ossl::SslPtr ssl)
    : transport_(read_fd, write_fd), stream_(std::move(ssl), transport_) {}

void ControlChannel::start_rekeying(const core::RenegotiatePolicy &policy,
                                    core::ClientRenegotiation rule) {
  rekeying_.emplace(stream_, RekeyChannel::control, policy, rule);
}

void ControlChannel::tend_keys() {
  if (!rekeying_ || mode_ != Mode::tls || closed_ || input_ended_ || rekeying_->step()) return;
  close();
  input_ended_ = true;
}

bool ControlChannel::wait(StreamStatus wanted, const WaitHooks &hooks) const {
  const bool reading = wanted == StreamStatus::want_read;
  return wait_for(reading ? transport().read_fd() : transport().write_fd(),
                  reading ? Ready::readable : Ready::writable, kNoDeadline, hooks) == Waited::ready;
}

ossl::StreamResult ControlChannel::receive(std::span<std::byte> into) {
  if (mode_ == Mode::clearing && transport_.next_is_plain()) mode_ = Mode::clear;
  if (mode_ == Mode::clear) return receive_clear(into);
  const ossl::StreamResult result = stream_.read(into);
  if (mode_ != Mode::clearing || result.status != StreamStatus::closed) return result;
  mode_ = Mode::clear;
  return receive_clear(into);
}

ossl::StreamResult ControlChannel::receive_clear(std::span<std::byte> into) {
  const core::IoResult result = transport_.read(into);
  switch (result.status) {
    case core::IoStatus::ok:
      return {StreamStatus::ok, result.bytes};
    case core::IoStatus::would_block:
      return {StreamStatus::want_read};
    case core::IoStatus::end_of_stream:
      return {StreamStatus::closed};
    case core::IoStatus::failed:
      clear_error_ = result.error;
      return {StreamStatus::failed};
  }
  return {StreamStatus::failed};
}

int ControlChannel::end_of_input(StreamStatus status) {
  input_ended_ = true;
  if (clear_error_ != 0) {
    errno = clear_error_;
    return -1;
  }
  if (status != StreamStatus::failed) {
    if (status == StreamStatus::truncated) tls_log_line("read EOF from client");
    return 0;
  }
  tls_log_line("control connection: " + stream_.error_text());
  errno = stream_.error_number();
  ossl::forget_spoilt_session(stream_.ssl());
  return -1;
}

int ControlChannel::read(std::span<char> into) {
  if (!ahead_.empty()) {
    const std::size_t n = ahead_.copy(into.data(), into.size());
    ahead_.erase(0, n);
    return static_cast<int>(n);
  }
  for (;;) {
    if (input_ended_) return 0;
    const ossl::StreamResult result = receive(std::as_writable_bytes(into));
    if (result.status == StreamStatus::ok) return static_cast<int>(result.bytes);
    if (!wants(result.status)) return end_of_input(result.status);
    tend_keys();
    const WaitHooks hooks{.interrupt = [this] {
      tend_keys();
      return input_ended_;
    }};
    if (!input_ended_ && !wait(result.status, hooks) && !input_ended_) return -1;
  }
}

int ControlChannel::write(std::span<const char> from) {
  if (mode_ != Mode::tls) return write_clear(from);
  auto rest = std::as_bytes(from);
  while (!rest.empty() || stream_.has_unsent()) {
    const ossl::StreamResult result = rest.empty() ? stream_.flush() : stream_.write(rest);
    if (result.status == StreamStatus::ok) {
      rest = rest.subspan(result.bytes);
      continue;
    }
    if (!wants(result.status)) {
      errno = stream_.error_number() != 0 ? stream_.error_number() : EPIPE;
      return -1;
    }
    if (is_nonblocking(transport().write_fd())) return give_up(rest.empty(), from.size());
    if (!wait(result.status)) return -1;
  }
  return static_cast<int>(from.size());
}

int ControlChannel::write_clear(std::span<const char> from) {
  auto rest = std::as_bytes(from);
  while (!rest.empty()) {
    const core::IoResult result = transport_.write(rest);
    if (result.status == core::IoStatus::ok) {
      rest = rest.subspan(result.bytes);
      continue;
    }
    if (result.status != core::IoStatus::would_block) {
      errno = result.error != 0 ? result.error : EPIPE;
      return -1;
    }
    if (is_nonblocking(transport().write_fd())) return give_up(false, from.size());
    if (!wait(StreamStatus::want_write)) return -1;
  }
  return static_cast<int>(from.size());
}

void ControlChannel::clear() {
  close();
  mode_ = Mode::clearing;
  input_ended_ = false;  // a close_notify that was read ahead ends TLS only
}

void ControlChannel::close() {
  if (std::exchange(closed_, true)) return;
  const SteadyTime deadline = deadline_in(kCloseWait);
  while (stream_.send_close().status == StreamStatus::want_write) {
    if (wait_for(transport().write_fd(), Ready::writable, deadline) != Waited::ready) return;
  }
}

bool ControlChannel::look_is_due() {
  const SteadyTime now = std::chrono::steady_clock::now();
  if (now < next_look_) return false;
  next_look_ = now + kLookInterval;
  return true;
}

ControlChannel::Ahead ControlChannel::look_ahead() {
  std::array<char, 512> chunk{};
  while (!input_ended_ && ahead_.size() < kMaxAhead) {
    const ossl::StreamResult result = receive(std::as_writable_bytes(std::span{chunk}));
    if (result.status == StreamStatus::ok) {
      ahead_.append(chunk.data(), result.bytes);
      continue;
    }
    if (wants(result.status)) break;
    (void)end_of_input(result.status);
  }
  const std::size_t end_of_line = ahead_.find('\n');
  if (end_of_line == std::string::npos && ahead_.size() < kMaxAhead) {
    return input_ended_ ? Ahead::ended : Ahead::nothing;
  }
  return starts_with_abort(ahead_) ? Ahead::abort : Ahead::command;
}

}  // namespace mod_tls::glue
