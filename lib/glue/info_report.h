// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "abi/provider_registry.h"
#include "core/result.h"
#include "core/server_report.h"

namespace mod_tls::glue {

/// What a cache says of itself, line by line; `verbose` lists its entries, too. The error is the
/// system's text.
core::Result<std::vector<std::string>> cache_status(tls_sess_cache_t *cache, bool verbose);
core::Result<std::vector<std::string>> cache_status(tls_ocsp_cache_t *cache, bool verbose);

/// Everything of `ftpdctl tls info`, as the daemon knows it.
[[nodiscard]] core::InfoReport gather_info();

/// The report as lines of one JSON object.
[[nodiscard]] std::vector<std::string> json_lines(const core::InfoReport &report);

}  // namespace mod_tls::glue
