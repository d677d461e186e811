// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/secret.h"

namespace mod_tls::core {

/// Bits that a pre-shared key must have at least, and those below which there is a notice.
inline constexpr std::size_t kMinPskBits = 80;
inline constexpr std::size_t kSoundPskBits = 128;
/// Bytes that the library takes at most.
inline constexpr std::size_t kMaxPskBytes = 512;
inline constexpr std::size_t kMaxPskIdentity = 256;

/// One TLSPreSharedKey: who, and the file with the key in hexadecimal.
struct PskFile {
  std::string identity;
  std::string path;

  friend bool operator==(const PskFile &, const PskFile &) = default;
};

/// Parses "identity hex:/path" (doc/directives.md, TLSPreSharedKey).
Result<PskFile> parse_psk(std::span<const std::string_view> words);

/// The key in the text of a file: two hexadecimal digits for each byte, leading zeros included; one
/// end of line behind them is not part of it. The error does not repeat any of the text.
Result<SecretBytes> decode_psk(std::string_view text);

/// "alice hex:/etc/alice.psk"
[[nodiscard]] std::string to_string(const PskFile &file);

/// What the log says of a lookup; `key_bytes` is 0 if there was no such key, `known` how many there
/// are.
[[nodiscard]] std::string psk_lookup_line(std::string_view identity, std::size_t key_bytes,
                                          std::size_t known);

}  // namespace mod_tls::core
