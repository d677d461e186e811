// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <span>

namespace mod_tls::core {

/// The outcomes of one non-blocking read or write on a transport.
enum class IoStatus {
  ok,             ///< `bytes` were moved (at least one).
  would_block,    ///< Nothing moved now; wait for the descriptor.
  end_of_stream,  ///< The peer has closed its sending side (reads only).
  failed,         ///< `error` is the errno of the failure; the transport is unusable.
};

struct IoResult {
  IoStatus status;
  std::size_t bytes = 0;
  int error = 0;
};

/// Transport moves ciphertext. It never waits, retries EINTR itself and does not own a thread;
/// the descriptor behind it lives in glue, a scripted one in the tests.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport &) = delete;
  Transport &operator=(const Transport &) = delete;
  virtual ~Transport() = default;

  /// Reads up to `into.size()` bytes.
  virtual IoResult read(std::span<std::byte> into) = 0;
  /// Writes a prefix of `from`; a short count is normal.
  virtual IoResult write(std::span<const std::byte> from) = 0;
};

}  // namespace mod_tls::core
