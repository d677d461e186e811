// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mod_tls::cache {

/// What follows "shm:" in a directive.
struct ShmInfo {
  std::string file;
  std::size_t size;                       ///< Of the segment, in bytes.
  std::vector<std::string> notices = {};  ///< What was ignored, and why.
};

/// Parses "/file=<absolute path>[&size=<bytes>]" (doc/caches.md). Sizes that cannot be used and
/// unknown keys are ignored with a notice, as they always were.
core::Result<ShmInfo> parse_shm_info(std::string_view info);

}  // namespace mod_tls::cache
