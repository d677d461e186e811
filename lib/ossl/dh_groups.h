// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "core/server_policy.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Every "DH PARAMETERS" of a PEM file, in order; at least one. The error's message is the cause
/// alone.
core::Result<std::vector<EvpPkeyPtr>> load_dh_groups(const std::string &path);

/// Gives a context the group for DHE with TLS 1.2 and older: the best one of TLSDHParamFile, else
/// one of RFC 7919, fitting the keys (`weakest_key` in bits of security) but of 2048 bits at least.
/// Groups below 2048 bits are passed over, with a notice, unless AllowWeakDH is set.
core::Result<std::vector<std::string>> set_dh(SSL_CTX *ctx, const core::ServerPolicy &policy,
                                              int weakest_key);

}  // namespace mod_tls::ossl
