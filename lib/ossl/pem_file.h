// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// The largest file that is read: a bundle of all public CAs is a tenth of it.
inline constexpr std::size_t kMaxPemFile = 4UL * 1024 * 1024;

/// PemFile is the contents of a file, which may be a private key: wiped when it goes.
class PemFile {
 public:
  /// Reads all of `path`, which must be a regular file of at most kMaxPemFile bytes. Never blocks
  /// on a FIFO or a device. The error's message is the cause alone ("No such file or directory").
  static core::Result<PemFile> read(const std::string &path);

  PemFile(PemFile &&) noexcept = default;
  PemFile &operator=(PemFile &&) = delete;
  PemFile(const PemFile &) = delete;
  PemFile &operator=(const PemFile &) = delete;
  ~PemFile();

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::span<const char> bytes() const { return bytes_; }
  /// A BIO that reads the contents; it must not outlive them.
  [[nodiscard]] BioPtr bio() const;
  /// Valid as long as the object.
  [[nodiscard]] std::string_view text() const { return {bytes_.data(), bytes_.size()}; }
  /// The file's permissions, as stat(2) has them.
  [[nodiscard]] mode_t mode() const { return mode_; }

 private:
  PemFile(std::vector<char> bytes, mode_t mode) : bytes_(std::move(bytes)), mode_(mode) {}

  std::vector<char> bytes_;
  mode_t mode_;
};

}  // namespace mod_tls::ossl
