// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
//
// What memcached and Redis, or whoever is in their place, answers; and the words that name them.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/key_value_servers.h"
#include "core/memcached_protocol.h"
#include "core/redis_protocol.h"

using namespace mod_tls::core;

namespace {

constexpr KeyValueVerb kVerbs[] = {KeyValueVerb::set, KeyValueVerb::get, KeyValueVerb::remove,
                                   KeyValueVerb::probe};

/// A reply must be the same however it is cut: all its beginnings are partial, or it is broken.
void read_in_pieces(const KeyValueProtocol &protocol, KeyValueVerb verb, std::string_view text) {
  const ReplyScan whole = protocol.scan(verb, text);
  if (whole.reply.value.size() > text.size()) std::abort();
  if (whole.reply.reason.find_first_of("\r\n") != std::string::npos) std::abort();
  if (whole.state != ReplyScan::State::whole || text.size() > 600) return;
  for (std::size_t size = 0; size < text.size(); size++) {
    const ReplyScan piece = protocol.scan(verb, text.substr(0, size));
    if (piece.state != ReplyScan::State::partial) std::abort();
  }
}

void read_words(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at <= text.size() && words.size() < 8;) {
    const std::string_view word = text.substr(at, text.find(' ', at) - at);
    words.push_back(word);
    at += word.size() + 1;
  }
  (void)parse_redis_server(words);
  (void)parse_memcache_times(words);
  (void)parse_redis_times(words);
  const auto servers = parse_memcache_servers(words);
  if (!servers) return;
  for (const ServerAddress &server : *servers) {
    const auto again = parse_server_address(text_of(server), kMemcachedPort);
    if (!again || !(*again == server)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string text(reinterpret_cast<const char *>(data), size);
  const MemcachedProtocol memcached;
  const RedisProtocol redis{{}};
  for (const KeyValueVerb verb : kVerbs) {
    read_in_pieces(memcached, verb, text);
    read_in_pieces(redis, verb, text);
  }
  read_words(text);
  return 0;
}
