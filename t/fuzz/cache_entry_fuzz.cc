// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
//
// What comes back from a cache: sealed by somebody else, or by us and then changed.
#include <cstdint>
#include <cstdlib>

#include "abi/sealed_cache.h"
#include "cache/memory_store.h"
#include "ossl/entry_seal.h"

using namespace mod_tls;

namespace {

constexpr std::time_t kNow = 1'800'000'000;
constexpr unsigned char kName[] = {'n', 'a', 'm', 'e'};

ossl::EntryKey fixed_key() {
  ossl::EntryKey key;
  for (unsigned char &byte : key.bytes()) byte = 7;
  return key;
}

/// As a store would return it.
void look_up(std::span<const unsigned char> entry) {
  cache::MemoryStore store;
  cache::Counters counters{};
  abi::SealedCache sealed{store, counters, fixed_key()};
  store.put(kName, entry, kNow + 10, kNow);
  (void)sealed.get_session(kName, kNow);
  store.put(kName, entry, kNow + 10, kNow);
  (void)sealed.get_response(kName, kNow);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::span<const unsigned char> input{data, size};
  look_up(input);
  for (const auto kind : {ossl::EntryKind::session, ossl::EntryKind::ocsp_response}) {
    const auto entry = ossl::seal_entry(fixed_key(), {kind, kName}, kNow + 5, input);
    if (!entry) std::abort();
    look_up(*entry);
    const auto text = ossl::open_entry(fixed_key(), {kind, kName}, kNow, *entry);
    if (!text || !std::equal(text->begin(), text->end(), input.begin(), input.end())) std::abort();
    auto changed = *entry;
    changed[size % changed.size()] ^= 1;
    if (ossl::open_entry(fixed_key(), {kind, kName}, kNow, changed)) std::abort();
  }
  return 0;
}
