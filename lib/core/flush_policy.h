// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <cstddef>

namespace mod_tls::core {

/// What is known after a chunk of plaintext was accepted for sending.
struct FlushInput {
  std::size_t chunk = 0;            ///< Bytes the host just handed over.
  std::size_t full_chunk = 0;       ///< Bytes it hands over while it has plenty.
  bool end_known = false;           ///< This chunk was the last one.
  std::chrono::milliseconds age{};  ///< Of the oldest byte not yet sent.
};

/// The longest that sealed bytes may wait for more to go with them.
inline constexpr std::chrono::milliseconds kMaxBatchDelay{20};
/// Chunks of this size and more fill a batch by themselves.
inline constexpr std::size_t kBatchSize = 64UL * 1024;

/// Whether buffered output must leave now. Only a full chunk that is smaller than a batch, in the
/// middle of a stream, may wait: more is about to follow it.
[[nodiscard]] bool must_flush(const FlushInput &input);

}  // namespace mod_tls::core
