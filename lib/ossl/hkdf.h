// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <span>

namespace mod_tls::ossl {

/// Fills `key` from `secret` for the purpose that `info` names: HKDF with SHA-256 and no salt
/// (RFC 5869). False: OpenSSL refuses, and says why in its error queue.
[[nodiscard]] bool hkdf_sha256(std::span<const std::byte> secret, std::span<const std::byte> info,
                               std::span<std::byte> key);

}  // namespace mod_tls::ossl
