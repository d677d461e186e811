// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

namespace mod_tls::glue {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes kPatience{5};
constexpr char kCancel = 3;  // ^C
constexpr char kEnd = 4;     // ^D
constexpr char kErase = 8;   // ^H
constexpr char kKill = 21;   // ^U
constexpr char kDelete = 127;

core::Error no_terminal(std::string_view why) {
  return {core::Errc::not_found, std::string(why) +
                                     "; set TLSPassPhraseProvider, or start the server from a "
                                     "terminal"};
}

std::optional<char> next_key(int fd, Clock::time_point deadline) {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd key{fd, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&key, 1, static_cast<int>(left.count())) == 0) return {};
    char c = 0;
    const ssize_t n = ::read(fd, &c, 1);
    if (n == 1) return c;
    if (n == 0 || (errno != EINTR && errno != EAGAIN)) return {};
  }
}

}  // namespace

core::Result<Terminal> Terminal::open() {
  const int fd = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return no_terminal("there is no terminal to ask on");
  termios before{};
  if (::tcgetpgrp(fd) != ::getpgrp() || ::tcgetattr(fd, &before) != 0) {
    ::close(fd);
    return no_terminal("the terminal to ask on is in other hands");
  }
  Terminal terminal{fd, before};
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | ISIG);
  silent.c_cc[VMIN] = 1;
  silent.c_cc[VTIME] = 0;
  if (::tcsetattr(fd, TCSAFLUSH, &silent) != 0) return no_terminal("the terminal cannot be hushed");
  return terminal;
}

Terminal::Terminal(Terminal &&other) noexcept
    : fd_(std::exchange(other.fd_, -1)), before_(other.before_) {}

Terminal::~Terminal() {
  if (fd_ < 0) return;
  ::tcsetattr(fd_, TCSAFLUSH, &before_);
  ::close(fd_);
}

void Terminal::say(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t n = ::write(fd_, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

core::Result<ossl::PassPhrase> Terminal::read_secret(std::string_view prompt) const {
  say(prompt);
  ossl::PassPhrase phrase;
  const auto deadline = Clock::now() + kPatience;
  for (;;) {
    const auto key = next_key(fd_, deadline);
    if (!key || *key == kCancel || *key == kEnd) {
      say("\n");
      return core::Error{core::Errc::not_found, "nobody gave the pass phrase at the terminal"};
    }
    if (*key == '\n' || *key == '\r') break;
    if (*key == kErase || *key == kDelete) {
      phrase.drop_last();
    } else if (*key == kKill) {
      phrase.clear();
    } else if (!phrase.append(*key)) {
      return core::Error{core::Errc::bad_value, "a pass phrase has 1023 characters at most"};
    }
  }
  say("\n");
  return phrase;
}

}  // namespace mod_tls::glue
