// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/record_stream.h"

#include <openssl/sslerr.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "ossl/error_queue.h"

namespace mod_tls::ossl {

namespace {

using core::IoResult;
using core::IoStatus;

/// Plaintext of a full record (RFC 8446, 5.1).
constexpr std::size_t kRecord = SSL3_RT_MAX_PLAIN_LENGTH;
/// Room for one sealed record, or for a flight of the handshake.
constexpr std::size_t kOneRecord = SSL3_RT_MAX_ENCRYPTED_LENGTH + SSL3_RT_HEADER_LENGTH;
/// What drain() discards before it lets its caller look at the clock again.
constexpr std::size_t kMaxDrain = 1024UL * 1024;

/// Whether both sides have said Finished, whatever is still queued behind that.
bool is_established(const SSL *ssl) {
  std::array<char, EVP_MAX_MD_SIZE> ignored{};
  return SSL_get_finished(ssl, ignored.data(), ignored.size()) > 0 &&
         SSL_get_peer_finished(ssl, ignored.data(), ignored.size()) > 0;
}

StreamResult accepted(std::size_t bytes, StreamStatus otherwise) {
  if (bytes > 0) return {StreamStatus::ok, bytes};
  return {otherwise};
}

}  // namespace

RecordStream::RecordStream(SslPtr ssl, core::Transport &transport)
    : bio_(transport, kOneRecord), ssl_(std::move(ssl)) {
  bio_.attach(ssl_.get());
}

RecordStream::~RecordStream() {
  // Otherwise OpenSSL takes the session, which a data connection shares with its control
  // connection, out of the cache when no close_notify was exchanged.
  SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

void RecordStream::restart(SslPtr ssl) {
  bio_.rewind();
  bio_.attach(ssl.get());
  ssl_ = std::move(ssl);
}

void RecordStream::set_buffering(const StreamBuffering &buffering) {
  gather_ = buffering.output > 0;
  if (gather_) bio_.set_capacity(std::max(buffering.output, kOneRecord));
  if (buffering.read_ahead > 0) bio_.set_read_ahead(buffering.read_ahead);
  // The record buffers are in use all the time now: giving them back in between costs.
  if (gather_ || buffering.read_ahead > 0) SSL_clear_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
}

// ---- reading
// -------------------------------------------------------------------------------------

StreamResult RecordStream::read(std::span<std::byte> into) {
  const StreamResult flushed = flush();
  if (flushed.status == StreamStatus::failed && !input_end_) return flushed;
  std::size_t done = 0;
  while (done < into.size()) {
    const StreamResult result = read_record(into.subspan(done));
    if (result.status != StreamStatus::ok) return accepted(done, result.status);
    done += result.bytes;
    if (!readable_now()) break;
  }
  return {StreamStatus::ok, done};
}

StreamResult RecordStream::read_record(std::span<std::byte> into) {
  if (input_end_) return {*input_end_};
  clear_errors();
  std::size_t bytes = 0;
  const int ret = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
  if (ret == 1) return {StreamStatus::ok, bytes};
  const StreamResult result = classify(ret);
  if (result.status != StreamStatus::want_read && result.status != StreamStatus::want_write) {
    input_end_ = result.status;
  }
  return result;
}

bool RecordStream::readable_now() const {
  return SSL_pending(ssl_.get()) > 0 || bio_.has_record();
}

// ---- writing
// -------------------------------------------------------------------------------------

StreamResult RecordStream::write(std::span<const std::byte> from) {
  std::size_t done = 0;
  while (done < from.size()) {
    const StreamResult result = accept(from.subspan(done));
    if (result.status != StreamStatus::ok) return accepted(done, result.status);
    done += result.bytes;
  }
  return {StreamStatus::ok, done};
}

/// Takes at most a record from the front of `from`.
StreamResult RecordStream::accept(std::span<const std::byte> from) {
  if (held_.size() == kRecord || !gather_) {
    const StreamResult sealed = seal_held();
    if (sealed.status != StreamStatus::ok) return sealed;
  }
  const bool hold = gather_ && (!held_.empty() || from.size() < kRecord);
  return hold ? hold_back(from) : seal_and_send(from.first(std::min(from.size(), kRecord)));
}

StreamResult RecordStream::seal_and_send(std::span<const std::byte> record) {
  if (const auto refused = make_room(record.size())) return *refused;
  const StreamResult sealed = seal(record);
  if (sealed.status != StreamStatus::ok || gather_) return sealed;
  const StreamResult sent = send_bytes();
  return sent.status == StreamStatus::failed ? sent : sealed;
}

StreamResult RecordStream::hold_back(std::span<const std::byte> from) {
  const auto part = from.first(std::min(from.size(), kRecord - held_.size()));
  const bool completes = held_.size() + part.size() == kRecord;
  if (completes) {
    if (const auto refused = make_room(kRecord)) return *refused;
  }
  held_.insert(held_.end(), part.begin(), part.end());
  if (completes && seal_held().status == StreamStatus::failed) return {StreamStatus::failed};
  return {StreamStatus::ok, part.size()};
}

/// Sends what is buffered, if a record more would exceed the capacity; the refusal, if it must.
std::optional<StreamResult> RecordStream::make_room(std::size_t plaintext) {
  if (broken_) return StreamResult{StreamStatus::failed};
  const std::size_t limit = gather_ ? bio_.capacity() : 0;
  if (bio_.buffered() == 0 || bio_.buffered() + plaintext <= limit) return {};
  const StreamResult sent = send_bytes();
  if (sent.status == StreamStatus::ok || bio_.buffered() + plaintext <= limit) return {};
  return sent;
}

/// Seals at most a record. The bio takes a whole record always, so none is ever half written.
StreamResult RecordStream::seal(std::span<const std::byte> from) {
  clear_errors();
  std::size_t bytes = 0;
  const int ret = SSL_write_ex(ssl_.get(), from.data(), from.size(), &bytes);
  return ret == 1 ? StreamResult{StreamStatus::ok, bytes} : classify(ret);
}

StreamResult RecordStream::seal_held() {
  if (held_.empty()) return {StreamStatus::ok};
  const StreamResult sealed = seal(held_);
  if (sealed.status == StreamStatus::ok) held_.clear();
  return sealed;
}

StreamResult RecordStream::send_bytes() {
  switch (const IoResult sent = bio_.flush(); sent.status) {
    case IoStatus::ok:
      return {StreamStatus::ok};
    case IoStatus::would_block:
      return {StreamStatus::want_write};
    case IoStatus::end_of_stream:
    case IoStatus::failed:
      return fail_transport();
  }
  return fail_transport();
}

StreamResult RecordStream::flush() {
  if (broken_) return {StreamStatus::failed};
  const StreamResult sealed = seal_held();
  if (sealed.status != StreamStatus::ok) return sealed;
  return send_bytes();
}

bool RecordStream::has_unsent() const {
  return !held_.empty() || bio_.buffered() > 0;
}

// ---- ending
// --------------------------------------------------------------------------------------

/// Sends what the handshake layer has queued (a ticket); OpenSSL refuses to close before that.
StreamResult RecordStream::finish_handshake() {
  if (SSL_in_init(ssl_.get()) == 0) return {StreamStatus::ok};
  clear_errors();
  const int ret = SSL_do_handshake(ssl_.get());
  return ret == 1 ? StreamResult{StreamStatus::ok} : classify(ret);
}

StreamResult RecordStream::send_close() {
  const StreamResult flushed = flush();
  if (flushed.status != StreamStatus::ok || !is_established(ssl_.get())) return flushed;
  if ((SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) == 0) {
    const StreamResult finished = finish_handshake();
    if (finished.status != StreamStatus::ok) return finished;
    clear_errors();
    const int ret = SSL_shutdown(ssl_.get());
    if (ret < 0) {
      const StreamResult result = classify(ret);
      if (result.status == StreamStatus::failed) return result;
    }
  }
  return send_bytes();
}

StreamResult RecordStream::drain() {
  std::array<std::byte, kRecord> discarded{};
  if (has_unsent()) {
    const StreamResult flushed = flush();
    if (flushed.status != StreamStatus::ok) return flushed;
  }
  for (std::size_t done = 0; done < kMaxDrain;) {
    const StreamResult result = read_record(discarded);
    if (result.status != StreamStatus::ok) return result;
    done += result.bytes;
  }
  return {StreamStatus::want_read};
}

// ---- new keys
// -----------------------------------------------------------------------------------

void RecordStream::guard_keys(core::ClientRenegotiation rule) {
  if (SSL_is_server(ssl_.get()) != 0) {
    guard_ = std::make_unique<RekeyGuard>(ssl_.get(), bio_, rule);
  }
}

core::Status RecordStream::ask_for_new_keys(NewKeys which) {
  if (!guard_) return core::Error{core::Errc::unusable, "only a server asks for new keys"};
  // What is held back was accepted before, and a queued ticket is part of the handshake layer.
  if (seal_held().status == StreamStatus::ok) (void)finish_handshake();
  auto asked = guard_->ask(which);
  if (!asked) return asked;
  clear_errors();
  const int ret = SSL_do_handshake(ssl_.get());
  if (ret != 1 && classify(ret).status == StreamStatus::failed) {
    return core::Error{core::Errc::crypto, error_text_};
  }
  if (!gather_) (void)send_bytes();
  return core::success();
}

// ---- failing
// -------------------------------------------------------------------------------------

StreamResult RecordStream::fail(int error, std::string text) {
  broken_ = true;
  if (error_number_ == 0) {
    error_number_ = error;
    error_text_ = std::move(text);
  }
  return {StreamStatus::failed};
}

StreamResult RecordStream::fail_transport() {
  const int error = bio_.transport_error() != 0 ? bio_.transport_error() : EPROTO;
  return fail(error, core::errno_text(error));
}

/// The meaning of an SSL_* call's return value that was not success.
StreamResult RecordStream::classify(int ret) {
  const int kind = SSL_get_error(ssl_.get(), ret);
  const std::vector<LibraryError> errors = take_errors();
  if (const auto fault = client_fault()) return fail(EPROTO, core::failure_cause(*fault));
  if (kind == SSL_ERROR_ZERO_RETURN) return {StreamStatus::closed};
  if (kind == SSL_ERROR_WANT_READ) return {StreamStatus::want_read};
  if (kind == SSL_ERROR_WANT_WRITE) return {StreamStatus::want_write};
  if (has_ssl_reason(errors, SSL_R_UNEXPECTED_EOF_WHILE_READING)) return {StreamStatus::truncated};
  if (kind == SSL_ERROR_SYSCALL && errors.empty()) {
    if (bio_.transport_error() != 0) return fail_transport();
    if (bio_.saw_end_of_stream()) return {StreamStatus::truncated};
    if (bio_.buffered() > 0) return {StreamStatus::want_write};
  }
  return fail(EPROTO, to_stack_text(errors));
}

}  // namespace mod_tls::ossl
