// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/cache_status.h"

#include <array>

namespace mod_tls::glue {

std::string date_text(std::time_t time) {
  std::array<char, 32> text{};
  tm parts{};
  if (localtime_r(&time, &parts) == nullptr) return "unknown";
  const std::size_t size = std::strftime(text.data(), text.size(), "%a %b %d %H:%M:%S %Y", &parts);
  return {text.data(), size};
}

std::vector<std::string> counter_lines(CacheUse use, const cache::CacheStatus &status) {
  const std::string what = use == CacheUse::sessions ? "sessions" : "responses";
  const std::string one = use == CacheUse::sessions ? "session" : "response";
  const auto number = [](std::uint64_t n) { return std::to_string(n); };
  std::vector<std::string> lines{
      "Cache lifetime hits: " + number(status.hits),
      "Cache lifetime misses: " + number(status.misses),
      "",
      "Cache lifetime " + what + " stored: " + number(status.stored),
      "Cache lifetime " + what + " deleted: " + number(status.deleted),
      "Cache lifetime " + what + " expired: " + number(status.store.expired),
      "Cache lifetime " + what + " evicted: " + number(status.store.evicted),
      "",
      "Cache lifetime errors handling " + what + " in cache: " + number(status.errors),
      "Cache lifetime " + what + " exceeding max entry size: " + number(status.exceeded)};
  if (status.largest_exceeding > 0) {
    lines.push_back("  Largest " + one +
                    " exceeding max entry size: " + number(status.largest_exceeding));
  }
  return lines;
}

}  // namespace mod_tls::glue
