// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mod_tls::core {

/// The names in an OpenSSL cipher list (ciphers(1)): without signs, combinations taken apart,
/// commands ("@STRENGTH", "PROFILE=...") left out.
[[nodiscard]] std::vector<std::string_view> cipher_words(std::string_view list);

/// Whether a name means something in cipher lists, even if this library has no such cipher: the
/// words for groups of ciphers, and ciphers that libraries have given up.
[[nodiscard]] bool is_cipher_word(std::string_view name);

/// Bits below which a cipher is never offered; ciphers without encryption have 0 and are another
/// matter.
inline constexpr int kMinCipherBits = 112;

/// `list` without the ciphers `names`.
[[nodiscard]] std::string list_without(std::string list, std::span<const std::string> names);

}  // namespace mod_tls::core
