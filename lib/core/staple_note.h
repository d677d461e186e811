// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/ocsp_freshness.h"

namespace mod_tls::core {

/// A text in shared memory; what is too long is cut.
template <std::size_t Size>
class FixedText {
 public:
  FixedText() = default;
  explicit FixedText(std::string_view text) {
    std::ranges::copy(text.substr(0, Size - 1), text_.begin());
  }
  [[nodiscard]] std::string str() const { return {text_.begin(), std::ranges::find(text_, '\0')}; }

  friend bool operator==(const FixedText &, const FixedText &) = default;

 private:
  std::array<char, Size> text_ = {};
};

/// How the process that asks OCSP responders fares with one certificate. Valid when all bits are 0.
struct StapleNote {
  UnixTime asked_again = 0;       ///< When it asks next; 0 before it has asked.
  UnixTime unanswered_since = 0;  ///< The first failure in a row; 0 if the last went well.
  FixedText<160> failure = {};    ///< What the last one was.
  FixedText<60> verdict = {};     ///< What the responder says, if not "good".

  friend bool operator==(const StapleNote &, const StapleNote &) = default;
};

}  // namespace mod_tls::core
