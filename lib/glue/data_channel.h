// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>

#include "glue/fd_transport.h"
#include "glue/io_wait.h"
#include "glue/rekeying.h"
#include "ossl/record_stream.h"

namespace mod_tls::glue {

/// DataChannel is one protected data connection, from its handshake to its last close.
class DataChannel {
 public:
  DataChannel(int read_fd, int write_fd, ossl::SslPtr ssl);

  [[nodiscard]] ossl::RecordStream &stream() { return stream_; }
  [[nodiscard]] const FdTransport &transport() const { return transport_; }

  /// What long waits watch: the host's abort flags and the control connection.
  void set_wait_hooks(WaitHooks hooks) { hooks_ = std::move(hooks); }

  /// Sizes the buffers for a transfer; `chunk` is what the host hands over in one write.
  void begin_download(std::size_t chunk);
  /// `close_notify_required`: an upload that ends without it is not complete (ECONNABORTED).
  void begin_upload(bool close_notify_required);

  /// Renews the keys of the transfer that has begun, as TLSRenegotiate asks.
  void start_rekeying(const core::RenegotiatePolicy &policy, core::ClientRenegotiation rule);

  /// Reads at least one byte, waiting as long as it takes. 0 is the end, -1 an error in errno
  /// (ECONNABORTED when the transfer was aborted).
  int read(std::span<char> into);
  /// Accepts all of `from`, and sends it unless more is about to follow (core::must_flush);
  /// `end_known` marks the last chunk. -1 is an error in errno.
  int write(std::span<const char> from, bool end_known);

  /// Whether the last read() met the end without the close_notify that is required.
  [[nodiscard]] const std::string &told() const { return told_; }

  /// Sends what is left and close_notify, once, waiting for a bounded time.
  void finish();
  /// The transfer is given up: nothing more is sent, above all no close_notify, which would make
  /// what has been sent look complete.
  void abandon() { finished_ = true; }
  /// After finish(): takes what the client still sent off the socket, so that closing it does not
  /// reset the connection (and with it what the client has not read yet).
  void drain();

  /// A failed handshake or refused session: nothing is to be waited for.
  void mark_refused() { refused_ = true; }
  [[nodiscard]] bool refused() const { return refused_; }

  /// The host closes two streams per connection; true for the second one.
  bool count_close() { return ++closes_ == 2; }

 private:
  [[nodiscard]] bool wait(ossl::StreamStatus wanted, SteadyTime deadline);
  bool must_stop();
  int fail();
  bool tend_keys(std::size_t moved, bool may_ask);
  void await_renegotiation(SteadyTime deadline);
  int flush();
  int end_without_close_notify();

  FdTransport transport_;
  ossl::RecordStream stream_;
  std::optional<Rekeying> rekeying_;
  WaitHooks hooks_;
  std::size_t chunk_ = 0;
  SteadyTime oldest_unsent_{};
  bool close_notify_required_ = false;
  std::string told_;
  bool refused_ = false;
  bool finished_ = false;
  int closes_ = 0;
};

}  // namespace mod_tls::glue
