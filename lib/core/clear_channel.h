// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "core/control_security.h"

namespace mod_tls::core {

/// CCC (RFC 2228 section 3, RFC 4217 section 12.3): whether the control connection may go on in
/// the clear.
Decision decide_ccc(const SecurityState &state, const SecurityRules &rules,
                    std::span<const std::string_view> args);

/// Whether a byte at the start of a record, after CCC, belongs to a TLS record of a client that
/// ends TLS in order. No command starts with a content type (RFC 8446 section 5.1), so one byte is
/// enough to tell.
[[nodiscard]] bool starts_tls_record(std::byte first);

/// RecordBoundary follows the bytes of a TLS stream and knows where a record ends.
class RecordBoundary {
 public:
  /// The next bytes of the stream.
  void pass(std::span<const std::byte> bytes);
  /// Whether the byte to come is the first one of a record.
  [[nodiscard]] bool at_start() const { return header_ == 0; }

 private:
  std::size_t take_header(std::span<const std::byte> bytes);

  std::size_t header_ = 0;  // bytes seen of the header of the record that is passing
  std::size_t body_ = 0;    // bytes of its body still to come, once the header is complete
};

}  // namespace mod_tls::core
