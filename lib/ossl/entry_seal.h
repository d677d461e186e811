// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <array>
#include <cstdint>
#include <ctime>
#include <span>
#include <vector>

#include "core/result.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// EntryKey is the key under which cache entries are sealed. Wiped when it goes.
class EntryKey {
 public:
  static constexpr std::size_t kSize = 32;

  EntryKey() = default;
  EntryKey(const EntryKey &) = default;
  EntryKey &operator=(const EntryKey &) = default;
  EntryKey(EntryKey &&) = default;
  EntryKey &operator=(EntryKey &&) = default;
  ~EntryKey();

  [[nodiscard]] std::span<unsigned char, kSize> bytes() { return bytes_; }
  [[nodiscard]] std::span<const unsigned char, kSize> bytes() const { return bytes_; }

 private:
  std::array<unsigned char, kSize> bytes_{};
};

/// A key that no other daemon has.
core::Result<EntryKey> random_entry_key();
/// What is inside an entry. One kind is never taken for another.
enum class EntryKind : std::uint8_t { session = 1, ocsp_response = 2 };

/// The key for one kind of entries that every daemon with the same secret has (HKDF-SHA256,
/// RFC 5869). Who has it cannot open the other kind.
core::Result<EntryKey> derive_entry_key(std::span<const unsigned char> secret, EntryKind kind);

/// Under what an entry is found: part of what is authenticated.
struct EntryName {
  EntryKind kind;
  std::span<const unsigned char> name;
};

/// Bytes that sealing adds.
inline constexpr std::size_t kSealBytes = 16 + 12 + 16;

/// Encrypts and authenticates (AES-256-GCM) what is to be kept by somebody we do not trust:
///   "mtls" | version 1 | kind | 0 0 | expires, 8 bytes big-endian | nonce 12 | text | tag 16
/// The name and all before the nonce are authenticated with it.
core::Result<std::vector<unsigned char>> seal_entry(const EntryKey &key, const EntryName &name,
                                                    std::time_t expires,
                                                    std::span<const unsigned char> text);

/// The text of an entry that was sealed with this key under this name and has not expired.
core::Result<std::vector<unsigned char>> open_entry(const EntryKey &key, const EntryName &name,
                                                    std::time_t now,
                                                    std::span<const unsigned char> entry);

}  // namespace mod_tls::ossl
