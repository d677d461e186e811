// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/shm_info.h"

#include <charconv>
#include <optional>

#include "cache/shm_table.h"
#include "core/ascii.h"

namespace mod_tls::cache {

namespace {

constexpr std::string_view kFile = "/file=";
constexpr std::string_view kSize = "size=";

std::optional<std::size_t> parse_size(std::string_view text) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return size >= kMinTable && size <= kMaxTable ? std::optional{size} : std::nullopt;
}

void apply_option(std::string_view option, ShmInfo &info) {
  if (!option.starts_with(kSize)) {
    info.notices.push_back("ignoring unknown shmcache option " + core::quoted(option) +
                           " (known: size=<bytes>)");
    return;
  }
  if (const auto size = parse_size(option.substr(kSize.size()))) {
    info.size = *size;
    return;
  }
  info.notices.push_back("ignoring shmcache " + core::quoted(option) + ": a number from " +
                         std::to_string(kMinTable) + " on is wanted; using " +
                         std::to_string(info.size) + " bytes");
}

}  // namespace

core::Result<ShmInfo> parse_shm_info(std::string_view info) {
  if (!info.starts_with(kFile)) {
    return core::Error{core::Errc::bad_syntax, "badly formatted info " + core::quoted(info) +
                                                   ", unable to open shmcache (wanted: "
                                                   "/file=<absolute path>[&size=<bytes>])"};
  }
  std::string_view rest = info.substr(kFile.size());
  const std::string_view file = rest.substr(0, rest.find('&'));
  if (!file.starts_with('/')) {
    return core::Error{core::Errc::bad_value,
                       "file " + core::quoted(file) + " not an absolute path"};
  }
  ShmInfo parsed{std::string(file), kDefaultTable};
  rest.remove_prefix(file.size());
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view option = rest.substr(0, rest.find('&'));
    apply_option(option, parsed);
    rest.remove_prefix(option.size());
  }
  return parsed;
}

}  // namespace mod_tls::cache
