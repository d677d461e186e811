// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "core/result.h"
#include "ossl/descriptor.h"

namespace mod_tls::ossl {

/// KeptText is a long text that processes forked later can read, and hardly any does.
class KeptText {
 public:
  /// Keeps `text` in the heap, of which each process has its share.
  explicit KeptText(std::string text) : in_heap_(std::move(text)) {}
  /// Keeps `text` in a file in memory (memfd_create(2)), which takes a descriptor, and no memory of
  /// processes that do not read it. In the heap where there is no such file to be had.
  static KeptText in_file(std::string text);

  /// The text; an error if its file cannot be read.
  [[nodiscard]] core::Result<std::string> read() const;

 private:
  KeptText(std::unique_ptr<const Descriptor> file, std::size_t size)
      : file_(std::move(file)), size_(size) {}

  std::string in_heap_;
  std::unique_ptr<const Descriptor> file_;
  std::size_t size_ = 0;
};

}  // namespace mod_tls::ossl
