// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/transport.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// ByteBio joins an SSL object to a Transport. Reads go straight through; writes are gathered in
/// one buffer of `capacity` bytes that leaves when it is full or flushed. Capacity 0 writes
/// through. Counts the bytes on the wire.
class ByteBio {
 public:
  ByteBio(core::Transport &transport, std::size_t capacity);
  ByteBio(const ByteBio &) = delete;
  ByteBio &operator=(const ByteBio &) = delete;
  ~ByteBio() = default;

  /// Makes this the BIO of `ssl` for both directions. The ByteBio must outlive `ssl`.
  void attach(SSL *ssl);

  /// Changes how much is gathered before a write leaves; what is buffered stays buffered.
  void set_capacity(std::size_t capacity);

  /// Writes out what is buffered; ok with 0 bytes if there is nothing.
  core::IoResult flush();

  [[nodiscard]] std::size_t buffered() const;
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }
  /// The errno of the transport's failure, 0 if it never failed.
  [[nodiscard]] int transport_error() const { return error_; }
  [[nodiscard]] bool saw_end_of_stream() const { return end_of_stream_; }

 private:
  struct Hooks;  // the BIO_METHOD callbacks

  core::Transport &transport_;
  std::size_t capacity_;
  std::vector<std::byte> output_;
  std::size_t sent_ = 0;  // prefix of output_ already written
  std::uint64_t bytes_read_ = 0;
  std::uint64_t bytes_written_ = 0;
  int error_ = 0;
  bool end_of_stream_ = false;
};

}  // namespace mod_tls::ossl
