// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/byte_bio.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace mod_tls::ossl {

namespace {

using core::IoResult;
using core::IoStatus;

constexpr std::size_t kRecordHeader = 5;
/// What a stuck transport may pile up beyond the capacity before the SSL object is stopped.
constexpr std::size_t kSlack = 64UL * 1024;

/// Length of the record at the front of `bytes`, header included (RFC 8446, 5.1).
std::size_t record_length(std::span<const std::byte> bytes) {
  return kRecordHeader + (std::to_integer<std::size_t>(bytes[3]) << 8) +
         std::to_integer<std::size_t>(bytes[4]);
}

}  // namespace

struct ByteBio::Hooks {
  static ByteBio &self(BIO *bio) { return *static_cast<ByteBio *>(BIO_get_data(bio)); }

  static int on_write(BIO *bio, const char *data, std::size_t size, std::size_t *done) noexcept {
    BIO_clear_retry_flags(bio);
    const IoResult result = self(bio).write(std::as_bytes(std::span{data, size}));
    *done = result.bytes;
    if (result.status == IoStatus::would_block) BIO_set_retry_write(bio);
    return result.status == IoStatus::ok ? 1 : -1;
  }

  static int on_read(BIO *bio, char *data, std::size_t size, std::size_t *done) noexcept {
    BIO_clear_retry_flags(bio);
    const IoResult result = self(bio).read(std::as_writable_bytes(std::span{data, size}));
    *done = result.bytes;
    if (result.status == IoStatus::would_block) BIO_set_retry_read(bio);
    if (result.status == IoStatus::end_of_stream) return 0;
    return result.status == IoStatus::ok ? 1 : -1;
  }

  /// A ticket leaves with the record after it, or before the next wait for the peer, as nobody
  /// waits for it: a write(2) less.
  static bool is_ticket(const ByteBio &bio) {
    return SSL_version(bio.ssl_) == TLS1_3_VERSION &&
           SSL_get_state(bio.ssl_) == TLS_ST_SW_SESSION_TICKET;
  }

  // BIO_CTRL_EOF stays 0: a BIO that admits to its end makes OpenSSL 3 send a fatal alert and
  // strike the session off its cache, because a client left without close_notify.
  static long on_ctrl(BIO *bio, int command, long, void *) noexcept {
    if (command != BIO_CTRL_FLUSH) return 0;
    BIO_clear_retry_flags(bio);
    if (is_ticket(self(bio))) return 1;
    const IoResult result = self(bio).flush();
    if (result.status == IoStatus::would_block) BIO_set_retry_write(bio);
    return result.status == IoStatus::ok ? 1 : -1;
  }

  static BioMethodPtr make_method() {
    BioMethodPtr method{BIO_meth_new(BIO_TYPE_SOURCE_SINK, "transport")};
    BIO_meth_set_write_ex(method.get(), on_write);
    BIO_meth_set_read_ex(method.get(), on_read);
    BIO_meth_set_ctrl(method.get(), on_ctrl);
    return method;
  }

  /// Never freed: streams may be destroyed later than anything static.
  static const BIO_METHOD *method() {
    static const BIO_METHOD *const kMethod = make_method().release();
    return kMethod;
  }
};

ByteBio::ByteBio(core::Transport &transport, std::size_t capacity)
    : transport_(transport), capacity_(capacity) {}

void ByteBio::attach(SSL *ssl) {
  BIO *bio = BIO_new(Hooks::method());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  ssl_ = ssl;
}

const ByteBio *ByteBio::of(const SSL *ssl) {
  BIO *bio = SSL_get_rbio(ssl);
  if (bio == nullptr || BIO_method_type(bio) != BIO_TYPE_SOURCE_SINK) return nullptr;
  return static_cast<const ByteBio *>(BIO_get_data(bio));
}

void ByteBio::set_capacity(std::size_t capacity) {
  capacity_ = capacity;
  output_.reserve(capacity);
}

void ByteBio::set_read_ahead(std::size_t size) {
  input_ = std::make_unique_for_overwrite<std::byte[]>(size);
  input_size_ = size;
}

std::span<const std::byte> ByteBio::input() const {
  return std::span{input_.get(), input_size_}.subspan(input_begin_, input_end_ - input_begin_);
}

bool ByteBio::has_record() const {
  const auto bytes = input();
  return bytes.size() >= kRecordHeader && bytes.size() >= record_length(bytes);
}

IoResult ByteBio::receive(std::span<std::byte> into) {
  if (end_of_stream_) return {IoStatus::end_of_stream};
  const IoResult result = transport_.read(into);
  bytes_read_ += result.bytes;
  if (result.status == IoStatus::end_of_stream) end_of_stream_ = true;
  if (result.status == IoStatus::failed) error_ = result.error;
  return result;
}

void ByteBio::rewind() {
  remembering_ = false;
  replayed_ = 0;
}

void ByteBio::forget() {
  remembering_ = false;
  remembered_ = {};
  replayed_ = 0;
}

IoResult ByteBio::read(std::span<std::byte> into) {
  if (broken_off_) {
    error_ = EPROTO;
    return {IoStatus::failed, 0, EPROTO};
  }
  if (replayed_ < remembered_.size()) {
    const auto bytes = std::span{remembered_}.subspan(replayed_);
    const std::size_t n = std::min(into.size(), bytes.size());
    std::copy_n(bytes.data(), n, into.data());
    replayed_ += n;
    return {IoStatus::ok, n};
  }
  const IoResult result = read_new(into);
  if (remembering_) {
    remembered_.insert(remembered_.end(), into.data(), into.data() + result.bytes);
    replayed_ = remembered_.size();
  }
  return result;
}

IoResult ByteBio::read_new(std::span<std::byte> into) {
  if (!input_) return receive(into);
  if (input_begin_ == input_end_) {
    const IoResult result = receive({input_.get(), input_size_});
    if (result.status != IoStatus::ok) return result;
    input_begin_ = 0;
    input_end_ = result.bytes;
  }
  const auto bytes = input().first(std::min(into.size(), input_end_ - input_begin_));
  std::copy_n(bytes.data(), bytes.size(), into.data());  // pointers: one memmove
  input_begin_ += bytes.size();
  return {IoStatus::ok, bytes.size()};
}

IoResult ByteBio::send(std::span<const std::byte> from) {
  const IoResult result = transport_.write(from);
  bytes_written_ += result.bytes;
  if (result.status == IoStatus::failed) error_ = result.error;
  return result;
}

IoResult ByteBio::flush() {
  while (buffered() > 0) {
    const IoResult result = send(std::span{output_}.subspan(sent_));
    if (result.status != IoStatus::ok) return result;
    sent_ += result.bytes;
  }
  output_.clear();
  sent_ = 0;
  return {IoStatus::ok};
}

IoResult ByteBio::write(std::span<const std::byte> from) {
  if (capacity_ == 0) {
    const IoResult flushed = flush();
    return flushed.status == IoStatus::ok ? send(from) : flushed;
  }
  if (buffered() + from.size() > capacity_ + kSlack) {
    const IoResult flushed = flush();
    if (flushed.status != IoStatus::ok) return flushed;
  }
  if (sent_ > 0 && output_.size() + from.size() > output_.capacity()) {
    output_.erase(output_.begin(), output_.begin() + static_cast<std::ptrdiff_t>(sent_));
    sent_ = 0;
  }
  output_.insert(output_.end(), from.data(), from.data() + from.size());
  return {IoStatus::ok, from.size()};
}

}  // namespace mod_tls::ossl
