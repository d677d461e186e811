// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/http_response.h"

#include <algorithm>
#include <charconv>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

constexpr std::size_t kLongestChunkLine = 256;

bool read_number(std::string_view text, int base, std::size_t &number) {
  if (text.empty()) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc{} && end == text.data() + text.size();
}

/// "HTTP/1.1 200 OK" -> 200; 0 if it is something else.
int status_of(std::string_view line) {
  constexpr std::string_view kVersion = "HTTP/1.";
  constexpr std::size_t kCodeAt = 9;
  std::size_t code = 0;
  if (!line.starts_with(kVersion) || line.size() < kCodeAt + 3 || line[kCodeAt - 1] != ' ')
    return 0;
  return read_number(line.substr(kCodeAt, 3), 10, code) ? static_cast<int>(code) : 0;
}

}  // namespace

HttpResponse::Progress HttpResponse::fail(std::string_view reason) {
  reason_ = reason;
  progress_ = Progress::failed;
  return progress_;
}

HttpResponse::Progress HttpResponse::feed(std::span<const std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes) {
    if (progress_ != Progress::more) break;
    if (!take(byte)) return fail(reason_.empty() ? "malformed HTTP response" : reason_);
    if (state_ == State::done) progress_ = Progress::complete;
  }
  return progress_;
}

HttpResponse::Progress HttpResponse::end() {
  if (progress_ != Progress::more) return progress_;
  if (state_ == State::body && framing_ == Framing::until_end) {
    progress_ = Progress::complete;
    return progress_;
  }
  return fail("the HTTP response is incomplete");
}

bool HttpResponse::take(std::uint8_t byte) {
  switch (state_) {
    case State::head:
      return take_head(byte);
    case State::body:
      return take_body(byte);
    case State::chunk_size:
    case State::chunk_end:
      return take_chunk_size(byte);
    case State::chunk_data:
      return take_body(byte);
    case State::trailer:
      return take_trailer(byte);
    case State::done:
      return true;
  }
  return false;
}

bool HttpResponse::take_head(std::uint8_t byte) {
  if (text_.size() >= kLargestHead) {
    reason_ = "the head of the HTTP response is too large";
    return false;
  }
  text_ += static_cast<char>(byte);
  if (!text_.ends_with("\r\n\r\n") && !text_.ends_with("\n\n")) return true;
  if (!read_head()) return false;
  text_.clear();
  begin_body();
  return true;
}

bool HttpResponse::read_head() {
  std::string_view rest = text_;
  for (bool first = true; !rest.empty(); first = false) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end, rest.size() - 1) + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (first) {
      status_ = status_of(line);
      if (status_ == 0) return false;
    } else if (!line.empty() && !read_field(line)) {
      return false;
    }
  }
  return true;
}

bool HttpResponse::read_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = without_blanks(line.substr(colon + 1));
  if (equal_ignoring_case(name, "Location")) location_ = value;
  if (equal_ignoring_case(name, "Transfer-Encoding")) {
    if (!equal_ignoring_case(value, "chunked")) return false;
    framing_ = Framing::chunked;
  }
  if (equal_ignoring_case(name, "Content-Length") && framing_ != Framing::chunked) {
    framing_ = Framing::length;
    if (!read_number(value, 10, left_)) return false;
    if (left_ > kLargestBody) {
      reason_ = "the HTTP response is too large";
      return false;
    }
  }
  return true;
}

void HttpResponse::begin_body() {
  switch (framing_) {
    case Framing::until_end:
      state_ = State::body;
      return;
    case Framing::length:
      state_ = left_ == 0 ? State::done : State::body;
      return;
    case Framing::chunked:
      state_ = State::chunk_size;
      return;
  }
}

bool HttpResponse::take_body(std::uint8_t byte) {
  if (body_.size() >= kLargestBody) {
    reason_ = "the HTTP response is too large";
    return false;
  }
  body_.push_back(byte);
  if (framing_ == Framing::until_end || --left_ > 0) return true;
  state_ = state_ == State::chunk_data ? State::chunk_end : State::done;
  return true;
}

/// The line with the size of a chunk, or the empty one behind its data.
bool HttpResponse::take_chunk_size(std::uint8_t byte) {
  if (byte != '\n') {
    text_ += static_cast<char>(byte);
    return text_.size() <= kLongestChunkLine;
  }
  std::string_view line = text_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  const bool behind_data = state_ == State::chunk_end;
  if (behind_data) {
    if (!line.empty()) return false;
    state_ = State::chunk_size;
  } else {
    if (!read_number(without_blanks(line.substr(0, line.find(';'))), 16, left_)) return false;
    state_ = left_ == 0 ? State::trailer : State::chunk_data;
  }
  text_.clear();
  return true;
}

/// Fields behind the last chunk, up to an empty line.
bool HttpResponse::take_trailer(std::uint8_t byte) {
  if (byte != '\n') {
    text_ += static_cast<char>(byte);
    return text_.size() <= kLargestHead;
  }
  const bool empty = text_.empty() || text_ == "\r";
  text_.clear();
  if (empty) state_ = State::done;
  return true;
}

}  // namespace mod_tls::core
