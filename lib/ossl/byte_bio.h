// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/transport.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// ByteBio joins an SSL object to a Transport. Writes are gathered in one buffer that leaves when
/// it is flushed, or when it exceeds `capacity` bytes; the SSL object is refused bytes only when
/// the transport is full as well. Capacity 0 writes through. Reads go straight through, unless
/// reading ahead is switched on. Counts the bytes on the wire.
class ByteBio {
 public:
  ByteBio(core::Transport &transport, std::size_t capacity);
  ByteBio(const ByteBio &) = delete;
  ByteBio &operator=(const ByteBio &) = delete;
  ~ByteBio() = default;

  /// Makes this the BIO of `ssl` for both directions. The ByteBio must outlive `ssl`.
  void attach(SSL *ssl);
  /// The ByteBio that `ssl` reads from; nullptr if it has another BIO.
  [[nodiscard]] static const ByteBio *of(const SSL *ssl);

  /// Changes how much is gathered before a write leaves; what is buffered stays buffered.
  void set_capacity(std::size_t capacity);
  /// From now on, one read from the transport asks for `size` bytes. Not to be called twice.
  void set_read_ahead(std::size_t size);

  /// Remembers what is read from now on, until forget(): rewind() makes the next reads see it
  /// again, whoever reads then.
  void remember() { remembering_ = true; }
  void rewind();
  void forget();

  /// From now on, reads fail (EPROTO): the peer is not to be listened to any more.
  void break_off() { broken_off_ = true; }

  /// Writes out what is buffered; ok with 0 bytes if there is nothing.
  core::IoResult flush();

  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] std::size_t buffered() const { return output_.size() - sent_; }
  /// Whether a whole TLS record has been read ahead.
  [[nodiscard]] bool has_record() const;
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }
  /// The errno of the transport's failure, 0 if it never failed.
  [[nodiscard]] int transport_error() const { return error_; }
  [[nodiscard]] bool saw_end_of_stream() const { return end_of_stream_; }

 private:
  struct Hooks;  // the BIO_METHOD callbacks

  core::IoResult receive(std::span<std::byte> into);
  core::IoResult read(std::span<std::byte> into);
  core::IoResult read_new(std::span<std::byte> into);
  core::IoResult send(std::span<const std::byte> from);
  core::IoResult write(std::span<const std::byte> from);
  [[nodiscard]] std::span<const std::byte> input() const;

  core::Transport &transport_;
  const SSL *ssl_ = nullptr;
  std::size_t capacity_;
  std::vector<std::byte> output_;
  std::size_t sent_ = 0;                // prefix of output_ already written
  std::unique_ptr<std::byte[]> input_;  // only with reading ahead; pages unused stay untouched
  std::size_t input_size_ = 0;
  std::size_t input_begin_ = 0;
  std::size_t input_end_ = 0;
  std::vector<std::byte> remembered_;
  std::size_t replayed_ = 0;  // prefix of remembered_ that was read (again)
  bool remembering_ = false;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t bytes_written_ = 0;
  int error_ = 0;
  bool end_of_stream_ = false;
  bool broken_off_ = false;
};

}  // namespace mod_tls::ossl
