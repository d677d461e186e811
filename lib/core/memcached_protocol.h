// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "core/key_value.h"

namespace mod_tls::core {

/// The text protocol of memcached (doc/protocol.txt of memcached), which every version and proxy
/// of it knows.
class MemcachedProtocol final : public KeyValueProtocol {
 public:
  [[nodiscard]] std::string request(const KeyValueRequest &request) const override;
  [[nodiscard]] ReplyScan scan(KeyValueVerb verb, std::string_view received) const override;
};

}  // namespace mod_tls::core
