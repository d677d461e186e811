// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string_view>

#include <termios.h>

#include "core/result.h"
#include "ossl/pass_phrase.h"

namespace mod_tls::glue {

/// The terminal that the server was started from, without echo as long as the object lives.
class Terminal {
 public:
  /// An error without a terminal, or with one that another job has.
  static core::Result<Terminal> open();

  Terminal(Terminal &&other) noexcept;
  Terminal &operator=(Terminal &&) = delete;
  Terminal(const Terminal &) = delete;
  Terminal &operator=(const Terminal &) = delete;
  ~Terminal();

  void say(std::string_view text) const;
  /// One line, typed unseen; backspace and ^U work. An error if it is not finished in 5 minutes, or
  /// given up (^C, ^D).
  [[nodiscard]] core::Result<ossl::PassPhrase> read_secret(std::string_view prompt) const;

 private:
  Terminal(int fd, const termios &before) : fd_(fd), before_(before) {}

  int fd_;
  termios before_;
};

}  // namespace mod_tls::glue
