// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <map>

#include "cache/byte_store.h"

namespace mod_tls::cache {

/// MemoryStore keeps entries in its own process: the plainest store there is, for tests.
class MemoryStore final : public ByteStore {
 public:
  Outcome put(ByteView name, ByteView value, std::time_t expires, std::time_t now) override;
  Found get(ByteView name, std::time_t now) override;
  Outcome remove(ByteView name) override;
  core::Result<std::uint64_t> clear() override;
  StoreFacts facts() override;
  std::vector<Bytes> names(std::size_t limit) override;

 private:
  struct Entry {
    Bytes value;
    std::time_t expires;
  };
  std::map<Bytes, Entry> entries_;
  std::uint64_t expired_ = 0;
};

}  // namespace mod_tls::cache
