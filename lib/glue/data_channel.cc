// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/data_channel.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/failure_reason.h"
#include "core/flush_policy.h"
#include "glue/diagnostics.h"
#include "glue/log.h"

namespace mod_tls::glue {

namespace {

using ossl::StreamStatus;
using std::chrono::milliseconds;

/// The longest wait for a client that does not take the last bytes, and for its last word.
constexpr milliseconds kFinishWait{10000};
constexpr milliseconds kDrainWait{500};
/// TLS record overhead is at most this much per 16 KiB of plaintext, with room to spare.
constexpr std::size_t kRecordOverhead = 64;
constexpr std::size_t kRecordSize = 16384;

std::size_t sealed_size(std::size_t plaintext) {
  return plaintext + (plaintext / kRecordSize + 1) * kRecordOverhead;
}

bool wants(StreamStatus status) {
  return status == StreamStatus::want_read || status == StreamStatus::want_write;
}

}  // namespace

DataChannel::DataChannel(int read_fd, int write_fd, ossl::SslPtr ssl)
    : transport_(read_fd, write_fd), stream_(std::move(ssl), transport_) {}

void DataChannel::begin_download(std::size_t chunk) {
  chunk_ = chunk;
  const std::size_t batch =
      std::min(std::max(chunk, core::kBatchSize), ossl::kDataBuffering.output);
  stream_.set_buffering({.output = sealed_size(batch), .read_ahead = 0});
}

void DataChannel::begin_upload(bool close_notify_required) {
  close_notify_required_ = close_notify_required;
  stream_.set_buffering({.output = 0, .read_ahead = ossl::kDataBuffering.read_ahead});
}

void DataChannel::start_rekeying(const core::RenegotiatePolicy &policy,
                                 core::ClientRenegotiation rule) {
  const bool download = chunk_ > 0;
  rekeying_.emplace(stream_, download ? RekeyChannel::download : RekeyChannel::upload, policy,
                    rule);
}

/// False: errno is set, and the transfer has to end.
bool DataChannel::tend_keys(std::size_t moved, bool may_ask) {
  if (!rekeying_) return true;
  rekeying_->moved(moved);
  // A renegotiation goes on when its messages are read, also where nothing else is to come.
  if (rekeying_->renegotiating() && chunk_ > 0) (void)stream_.drain();
  if (rekeying_->step(may_ask)) return true;
  told_ = core::failure_reply(core::FailureReason::new_keys_refused);
  abandon();
  errno = ECONNABORTED;
  return false;
}

/// The client could mistake the end of the data for a failure in the middle of its handshake.
void DataChannel::await_renegotiation(SteadyTime deadline) {
  while (rekeying_ && rekeying_->renegotiating() && chunk_ > 0) {
    const StreamStatus status = stream_.drain().status;
    if (!rekeying_->step(false) || !rekeying_->renegotiating() || !wants(status)) return;
    if (is_past(deadline) || !wait(status, deadline)) return;
  }
}

/// Asked about once per second while a wait goes on.
bool DataChannel::must_stop() {
  if (hooks_.interrupt && hooks_.interrupt()) return true;
  if (!rekeying_ || finished_ || rekeying_->step(false)) return false;
  told_ = core::failure_reply(core::FailureReason::new_keys_refused);
  abandon();
  return true;
}

bool DataChannel::wait(StreamStatus wanted, SteadyTime deadline) {
  const bool reading = wanted == StreamStatus::want_read;
  WaitHooks hooks = hooks_;
  hooks.interrupt = [this] { return must_stop(); };
  const Waited waited = wait_for(reading ? transport_.read_fd() : transport_.write_fd(),
                                 reading ? Ready::readable : Ready::writable, deadline, hooks);
  if (waited == Waited::ready) return true;
  if (waited == Waited::interrupted) errno = ECONNABORTED;
  return false;
}

int DataChannel::fail() {
  tls_log_line("data connection: " + stream_.error_text());
  if (const auto fault = stream_.client_fault()) {
    trace_line(kTraceFailures, core::failure_line(*fault));
    told_ = core::failure_reply(*fault);
    errno = ECONNABORTED;
    return -1;
  }
  errno = stream_.error_number() != 0 ? stream_.error_number() : EPIPE;
  return -1;
}

int DataChannel::end_without_close_notify() {
  constexpr auto kReason = core::FailureReason::upload_cut_short;
  if (!close_notify_required_) {
    tls_log_line(core::failure_cause(kReason));
    return 0;
  }
  told_ = refuse(kReason);
  tls_log_line("the upload is not complete without close_notify, keeping what came as it is");
  errno = ECONNABORTED;
  return -1;
}

int DataChannel::read(std::span<char> into) {
  for (;;) {
    const ossl::StreamResult result = stream_.read(std::as_writable_bytes(into));
    switch (result.status) {
      case StreamStatus::ok:
        return tend_keys(result.bytes, true) ? static_cast<int>(result.bytes) : -1;
      case StreamStatus::closed:
        return 0;
      case StreamStatus::truncated:
        return end_without_close_notify();
      case StreamStatus::failed:
        return fail();
      case StreamStatus::want_read:
      case StreamStatus::want_write:
        if (!wait(result.status, kNoDeadline)) return -1;
    }
  }
}

int DataChannel::flush() {
  for (;;) {
    const StreamStatus status = stream_.flush().status;
    if (status == StreamStatus::ok) return 0;
    if (!wants(status)) return fail();
    if (!wait(status, kNoDeadline)) return -1;
  }
}

int DataChannel::write(std::span<const char> from, bool end_known) {
  const auto now = std::chrono::steady_clock::now();
  if (!stream_.has_unsent()) oldest_unsent_ = now;
  auto rest = std::as_bytes(from);
  while (!rest.empty()) {
    const ossl::StreamResult result = stream_.write(rest);
    if (result.status == StreamStatus::ok) {
      rest = rest.subspan(result.bytes);
      continue;
    }
    if (!wants(result.status)) return fail();
    if (!wait(result.status, kNoDeadline)) return -1;
  }
  const auto age = std::chrono::duration_cast<milliseconds>(now - oldest_unsent_);
  const bool now_due = core::must_flush(
      {.chunk = from.size(), .full_chunk = chunk_, .end_known = end_known, .age = age});
  if (now_due && flush() < 0) return -1;
  return tend_keys(from.size(), !end_known) ? static_cast<int>(from.size()) : -1;
}

void DataChannel::finish() {
  if (std::exchange(finished_, true)) return;
  if (refused_) {  // no close_notify, which would make nothing look like an empty file
    (void)stream_.flush();
    return;
  }
  const SteadyTime deadline = deadline_in(kFinishWait);
  await_renegotiation(deadline);
  for (;;) {
    const StreamStatus status = stream_.send_close().status;
    if (status == StreamStatus::ok) return;
    if (!wants(status) || !wait(status, deadline)) break;
  }
  tls_log_line("the end of the data connection could not be sent");
}

void DataChannel::drain() {
  if (refused_ || stream_.drain().status != StreamStatus::want_read) return;
  if (stream_.bio().bytes_read() == 0) return;
  const SteadyTime deadline = deadline_in(kDrainWait);
  while (!is_past(deadline) &&
         wait_for(transport_.read_fd(), Ready::readable, deadline) == Waited::ready) {
    if (stream_.drain().status != StreamStatus::want_read) return;
  }
}

}  // namespace mod_tls::glue
