// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace mod_tls::core {

/// SecretBytes holds a key: wiped when it goes, movable only, and without a printed form.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {}
  SecretBytes(const SecretBytes &) = delete;
  SecretBytes &operator=(const SecretBytes &) = delete;
  SecretBytes(SecretBytes &&other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  SecretBytes &operator=(SecretBytes &&other) noexcept {
    bytes_.swap(other.bytes_);
    return *this;
  }
  ~SecretBytes() { wipe(); }

  [[nodiscard]] std::span<const std::uint8_t> view() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }

 private:
  /// Through a volatile pointer, so that the compiler keeps writes that nobody reads.
  void wipe() {
    volatile std::uint8_t *byte = bytes_.data();
    for (std::size_t i = 0; i < bytes_.size(); i++) byte[i] = 0;
  }

  std::vector<std::uint8_t> bytes_;
};

}  // namespace mod_tls::core
