// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include "core/transport.h"

namespace mod_tls::test {

inline constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

/// Weather is how a MemoryLink treats its users.
struct Weather {
  unsigned stalls = 0;                 ///< Percent of the calls that just say would_block.
  std::size_t longest = kUnlimited;    ///< A call moves a random number of bytes up to this.
  std::size_t in_flight = kUnlimited;  ///< Bytes a direction holds before its writer must wait.
};

/// MemoryPipe is one direction of a link. It can be cut after a number of bytes.
class MemoryPipe {
 public:
  MemoryPipe(const Weather &weather, std::uint32_t seed) : weather_(weather), random_(seed) {}

  core::IoResult write(std::span<const std::byte> from) {
    writes++;
    if (write_error != 0) return {core::IoStatus::failed, 0, write_error};
    const std::size_t room = weather_.in_flight - std::min(weather_.in_flight, waiting());
    const std::size_t n = portion(std::min(from.size(), room));
    if (n == 0) return {core::IoStatus::would_block};
    bytes_.insert(bytes_.end(), from.begin(), from.begin() + static_cast<std::ptrdiff_t>(n));
    carried += n;
    return {core::IoStatus::ok, n};
  }

  core::IoResult read(std::span<std::byte> into) {
    reads++;
    if (read_error != 0) return {core::IoStatus::failed, 0, read_error};
    const std::size_t left = cut_after - std::min(cut_after, delivered);
    const std::size_t available = std::min(waiting(), left);
    if (available == 0) return nothing(left);
    const std::size_t n = portion(std::min(into.size(), available));
    if (n == 0) return {core::IoStatus::would_block};
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(begin_), n, into.begin());
    begin_ += n;
    delivered += n;
    compact();
    return {core::IoStatus::ok, n};
  }

  /// Bytes written and not read yet.
  [[nodiscard]] std::size_t waiting() const { return bytes_.size() - begin_; }
  /// The bytes in flight, to look at or to spoil.
  [[nodiscard]] std::span<std::byte> in_flight() { return std::span{bytes_}.subspan(begin_); }
  void set_weather(const Weather &weather) { weather_ = weather; }

  bool closed = false;                 ///< The writer has closed its side.
  std::size_t cut_after = kUnlimited;  ///< The reader sees the end after this many bytes.
  int read_error = 0;                  ///< errno that reads fail with.
  int write_error = 0;
  std::size_t reads = 0;  ///< Calls so far.
  std::size_t writes = 0;
  std::size_t carried = 0;  ///< Bytes accepted so far.
  std::size_t delivered = 0;

 private:
  [[nodiscard]] core::IoResult nothing(std::size_t left) const {
    const bool ended = left == 0 || closed;
    return {ended ? core::IoStatus::end_of_stream : core::IoStatus::would_block};
  }

  std::size_t portion(std::size_t most) {
    if (most == 0 || random_() % 100 < weather_.stalls) return 0;
    if (weather_.longest == kUnlimited) return most;
    return 1 + random_() % std::min(most, weather_.longest);
  }

  void compact() {
    if (begin_ < bytes_.size()) return;
    bytes_.clear();
    begin_ = 0;
  }

  Weather weather_;
  std::mt19937 random_;
  std::vector<std::byte> bytes_;
  std::size_t begin_ = 0;
};

/// One end of a link.
class MemoryTransport final : public core::Transport {
 public:
  MemoryTransport(MemoryPipe &in, MemoryPipe &out) : in_(in), out_(out) {}
  core::IoResult read(std::span<std::byte> into) override { return in_.read(into); }
  core::IoResult write(std::span<const std::byte> from) override { return out_.write(from); }

 private:
  MemoryPipe &in_;
  MemoryPipe &out_;
};

/// MemoryLink is a connection inside the process whose two ends are transports. What it does at
/// random follows from the seed.
struct MemoryLink {
  explicit MemoryLink(const Weather &weather = {}, std::uint32_t seed = 1)
      : to_server(weather, seed), to_client(weather, seed + 0x9e3779b9U) {}

  MemoryPipe to_server;
  MemoryPipe to_client;
  MemoryTransport server{to_server, to_client};
  MemoryTransport client{to_client, to_server};
};

}  // namespace mod_tls::test
