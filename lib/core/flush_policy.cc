// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/flush_policy.h"

namespace mod_tls::core {

bool must_flush(const FlushInput &input) {
  const bool more_to_follow =
      !input.end_known && input.full_chunk > 0 && input.chunk >= input.full_chunk;
  const bool room_left = input.chunk < kBatchSize;
  const bool fresh = input.age < kMaxBatchDelay;
  return !(more_to_follow && room_left && fresh);
}

}  // namespace mod_tls::core
