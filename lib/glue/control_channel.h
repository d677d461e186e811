// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clear_channel.h"
#include "glue/fd_transport.h"
#include "glue/io_wait.h"
#include "glue/rekeying.h"
#include "ossl/record_stream.h"

namespace mod_tls::glue {

/// ControlTransport moves the bytes of the control connection and follows its records.
class ControlTransport final : public core::Transport {
 public:
  ControlTransport(int read_fd, int write_fd) : fds_(read_fd, write_fd) {}

  core::IoResult read(std::span<std::byte> into) override;
  core::IoResult write(std::span<const std::byte> from) override { return fds_.write(from); }

  [[nodiscard]] const FdTransport &fds() const { return fds_; }
  /// Whether what comes next begins with something else than a TLS record.
  [[nodiscard]] bool next_is_plain() const;

 private:
  FdTransport fds_;
  core::RecordBoundary boundary_;
};

/// ControlChannel is the protected control connection: a TLS stream over the host's two
/// descriptors, and the plaintext that was decrypted before the host asked for it. After CCC it is
/// the same in the clear.
class ControlChannel {
 public:
  ControlChannel(int read_fd, int write_fd, ossl::SslPtr ssl);

  [[nodiscard]] ossl::RecordStream &stream() { return stream_; }
  [[nodiscard]] const FdTransport &transport() const { return transport_.fds(); }

  /// Whether the host can read without waiting for the network.
  [[nodiscard]] bool readable_now() const {
    return input_ended_ || !ahead_.empty() || stream_.readable_now();
  }

  /// After the handshake: renews the keys as TLSRenegotiate asks, whenever the channel is waited
  /// for or looked at.
  void start_rekeying(const core::RenegotiatePolicy &policy, core::ClientRenegotiation rule);
  /// Renews the keys if they are due; a client that should have and has not is cut off.
  void tend_keys();
  /// Whether the client has done to the keys what it must not.
  [[nodiscard]] bool broken_by_client() const { return stream_.broken_by_client(); }
  [[nodiscard]] const std::string &fault() const { return stream_.error_text(); }

  /// CCC: says close_notify, and writes in the clear from then on. What the client still sends in
  /// TLS is read until its own close_notify, or until it goes on in the clear without one.
  void clear();

  /// Reads at least one byte, waiting as long as it takes. 0 is the end, -1 an error in errno.
  int read(std::span<char> into);
  /// Writes everything. Waits, unless the descriptor is in non-blocking mode: then EWOULDBLOCK.
  int write(std::span<const char> from);
  /// Sends close_notify once, waiting for at most a second.
  void close();

  /// What is known of the input while a transfer runs.
  enum class Ahead {
    nothing,  ///< No complete command has arrived.
    command,  ///< A complete command waits.
    abort,    ///< ABOR waits.
    ended,    ///< The client is gone.
  };
  /// Decrypts what has arrived into the read-ahead buffer and looks at it, without waiting. The
  /// command itself stays for read().
  Ahead look_ahead();
  /// Whether it is time to look again; the host asks once per chunk, which is far too often.
  bool look_is_due();

 private:
  [[nodiscard]] bool wait(ossl::StreamStatus wanted, const WaitHooks &hooks = {}) const;
  ossl::StreamResult receive(std::span<std::byte> into);
  ossl::StreamResult receive_clear(std::span<std::byte> into);
  int write_clear(std::span<const char> from);
  int end_of_input(ossl::StreamStatus status);

  /// Which way the bytes go; `clearing` is CCC with the client's last word still to come.
  enum class Mode { tls, clearing, clear };

  ControlTransport transport_;
  ossl::RecordStream stream_;
  std::optional<Rekeying> rekeying_;
  std::string ahead_;
  SteadyTime next_look_{};
  Mode mode_ = Mode::tls;
  int clear_error_ = 0;
  bool input_ended_ = false;
  bool closed_ = false;
};

}  // namespace mod_tls::glue
