// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

#include "core/result.h"

namespace mod_tls::ossl {

enum class FipsMode { enabled, already_enabled };

/// Restricts this process, and those forked from it, to the algorithms of OpenSSL's provider "fips"
/// (fips_module(7)). The error says why that cannot be.
core::Result<FipsMode> enable_fips();

/// A warning if this library is not the one whose headers were compiled in; empty if it is.
[[nodiscard]] std::string library_mismatch();

}  // namespace mod_tls::ossl
