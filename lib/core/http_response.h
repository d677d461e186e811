// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/staple_source.h"

namespace mod_tls::core {

/// HttpResponse takes the bytes of one HTTP/1 response as they come (RFC 9112): status line,
/// header fields, and a body by Content-Length, in chunks, or until the connection ends. The peer
/// is not trusted: sizes are bounded, and what is malformed ends it.
class HttpResponse {
 public:
  static constexpr std::size_t kLargestHead = std::size_t{16} * 1024;
  static constexpr std::size_t kLargestBody = kLargestStaple;

  enum class Progress : std::uint8_t { more, complete, failed };

  /// The next bytes; nothing is taken after `complete` or `failed`.
  Progress feed(std::span<const std::uint8_t> bytes);
  /// The connection has ended.
  Progress end();

  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] const std::string &location() const { return location_; }
  [[nodiscard]] const std::vector<std::uint8_t> &body() const { return body_; }
  /// Why it failed, for people.
  [[nodiscard]] std::string_view reason() const { return reason_; }

 private:
  enum class Framing : std::uint8_t { until_end, length, chunked };
  enum class State : std::uint8_t { head, body, chunk_size, chunk_data, chunk_end, trailer, done };

  Progress fail(std::string_view reason);
  bool take_head(std::uint8_t byte);
  bool read_head();
  bool read_field(std::string_view line);
  void begin_body();
  bool take_body(std::uint8_t byte);
  bool take_chunk_size(std::uint8_t byte);
  bool take_trailer(std::uint8_t byte);
  bool take(std::uint8_t byte);

  State state_ = State::head;
  Framing framing_ = Framing::until_end;
  Progress progress_ = Progress::more;
  int status_ = 0;
  std::size_t left_ = 0;  // of the body or chunk
  std::string text_;      // the head, a line of chunk framing
  std::string location_;
  std::vector<std::uint8_t> body_;
  std::string_view reason_;
};

}  // namespace mod_tls::core
