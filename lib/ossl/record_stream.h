// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/transport.h"
#include "ossl/byte_bio.h"
#include "ossl/handles.h"
#include "ossl/rekey_guard.h"

namespace mod_tls::ossl {

/// The outcomes of an operation on a TLS stream.
enum class StreamStatus {
  ok,
  want_read,   ///< Wait until the transport is readable, then repeat.
  want_write,  ///< Wait until the transport is writable, then repeat.
  closed,      ///< The peer sent close_notify: an orderly end.
  truncated,   ///< The peer ended the connection without close_notify.
  failed,      ///< Protocol or transport failure; see error_text() and error_number().
};

struct StreamResult {
  StreamStatus status;
  std::size_t bytes = 0;  ///< Plaintext moved; may be positive only with ok.
};

/// How a stream buffers.
struct StreamBuffering {
  /// Sealed bytes gathered before they are written; 0 writes each record at once.
  std::size_t output = 0;
  /// Size of one read from the transport; 0 reads no further than the record needed.
  std::size_t read_ahead = 0;
};

/// Buffering of a data connection: full 16 KiB records, 16 of them to a write(2).
inline constexpr StreamBuffering kDataBuffering{.output = 264UL * 1024, .read_ahead = 264UL * 1024};
/// Buffering of a control connection: replies leave at once, nothing is read past a record (CCC).
inline constexpr StreamBuffering kControlBuffering{};

/// RecordStream is one TLS connection over a Transport, after (or during) its handshake. It never
/// waits; every operation can be repeated after a want_*, with the same or a moved buffer of the
/// same content. Plaintext shorter than a record is held back until more comes or flush(), when
/// output is gathered.
class RecordStream {
 public:
  /// Takes over `ssl`; `transport` must outlive the stream.
  RecordStream(SslPtr ssl, core::Transport &transport);
  RecordStream(const RecordStream &) = delete;
  RecordStream &operator=(const RecordStream &) = delete;
  ~RecordStream();

  /// Before the handshake: keeps what it reads, so that it can be begun anew.
  void remember_input() { bio_.remember(); }
  /// Begins the handshake anew with another SSL object, which is given everything that was read
  /// so far. Nothing may have been written yet.
  void restart(SslPtr ssl);
  /// The handshake will not be begun anew.
  void forget_input() { bio_.forget(); }

  /// To be called once the handshake is done; before that, records are written at once.
  void set_buffering(const StreamBuffering &buffering);

  /// Decrypts into `into` as much as is there: at least one byte with ok. Flushes output first.
  StreamResult read(std::span<std::byte> into);
  /// Accepts a prefix of `from`, all of it unless the transport is full; want_write only if
  /// nothing was accepted.
  StreamResult write(std::span<const std::byte> from);
  /// Seals what was held back and writes everything out.
  StreamResult flush();
  /// flush(), then close_notify, then what is left of it to write.
  StreamResult send_close();
  /// After send_close(): discards what still arrives until the peer's close_notify (closed) or
  /// the end of the connection (truncated).
  StreamResult drain();

  /// After the handshake: judges what the client does to the keys from now on, and makes
  /// ask_for_new_keys() possible. What is not allowed ends the stream as failed.
  void guard_keys(core::ClientRenegotiation rule);
  /// Asks for new keys; what that takes leaves now, or with the next output. The error's message
  /// is in the library's words.
  core::Status ask_for_new_keys(NewKeys which);
  /// Whether they have come; true once per request.
  bool new_keys_came() { return guard_ && guard_->answered(); }
  /// Whether the client has broken off the stream by what it did to the keys; error_text() has it.
  [[nodiscard]] bool broken_by_client() const { return client_fault().has_value(); }
  /// What it did.
  [[nodiscard]] std::optional<core::FailureReason> client_fault() const {
    return guard_ ? guard_->fault() : std::nullopt;
  }

  /// Whether read() would return bytes without asking the transport.
  [[nodiscard]] bool readable_now() const;
  /// Bytes accepted by write() that the transport has not got.
  [[nodiscard]] bool has_unsent() const;

  [[nodiscard]] SSL *ssl() const { return ssl_.get(); }
  [[nodiscard]] const ByteBio &bio() const { return bio_; }
  /// errno of the failure, as the host reports it (EPROTO for TLS failures).
  [[nodiscard]] int error_number() const { return error_number_; }
  /// The failure in OpenSSL's words (error_queue.h, stack form), or the system's.
  [[nodiscard]] const std::string &error_text() const { return error_text_; }

 private:
  StreamResult seal(std::span<const std::byte> from);
  StreamResult seal_held();
  std::optional<StreamResult> make_room(std::size_t plaintext);
  StreamResult accept(std::span<const std::byte> from);
  StreamResult seal_and_send(std::span<const std::byte> record);
  StreamResult hold_back(std::span<const std::byte> from);
  StreamResult read_record(std::span<std::byte> into);
  StreamResult send_bytes();
  StreamResult finish_handshake();
  StreamResult classify(int ret);
  StreamResult fail(int error, std::string text);
  StreamResult fail_transport();

  ByteBio bio_;
  SslPtr ssl_;  // destroyed before bio_
  std::unique_ptr<RekeyGuard> guard_;
  std::vector<std::byte> held_;  // plaintext shorter than a record
  bool gather_ = false;
  std::optional<StreamStatus> input_end_;  // why nothing more can be read
  bool broken_ = false;                    // nothing can be written any more
  int error_number_ = 0;
  std::string error_text_;
};

}  // namespace mod_tls::ossl
