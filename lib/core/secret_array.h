// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace mod_tls::core {

/// Overwrites `bytes` with zeros, also where nobody reads them afterwards.
inline void wipe(std::span<std::byte> bytes) {
  volatile std::byte *begin = bytes.data();
  for (std::size_t i = 0; i < bytes.size(); i++) begin[i] = std::byte{0};
}

/// SecretArray is a key of `Size` bytes that is wiped when it goes, or is moved elsewhere. It can
/// be neither copied nor printed.
template <std::size_t Size>
class SecretArray {
 public:
  SecretArray() = default;
  explicit SecretArray(std::span<const std::byte, Size> bytes) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
  }
  SecretArray(SecretArray &&other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_); }
  SecretArray &operator=(SecretArray &&other) noexcept {
    if (this == &other) return *this;
    bytes_ = other.bytes_;
    wipe(other.bytes_);
    return *this;
  }
  SecretArray(const SecretArray &) = delete;
  SecretArray &operator=(const SecretArray &) = delete;
  ~SecretArray() { wipe(bytes_); }

  [[nodiscard]] std::span<const std::byte, Size> bytes() const { return bytes_; }

 private:
  std::array<std::byte, Size> bytes_{};
};

}  // namespace mod_tls::core
