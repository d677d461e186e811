// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "glue/proftpd.h"

namespace mod_tls::glue {

/// Says whether the words of a directive can be used.
using CheckWords = core::Status (*)(std::span<const std::string_view> words);

/// A handler for a directive of mod_memcache or mod_redis, which has one of its own for it if it is
/// loaded: the host calls both. Keeps the words under a name that is ours.
modret_t *keep_words(cmd_rec *cmd, CheckWords check);

/// What the main server has of a directive that keep_words() handled; empty if it has none. Valid
/// until the next restart.
std::optional<std::vector<std::string_view>> kept_words(std::string_view directive);

/// keep_words() for a parser of core.
template <auto Parse>
modret_t *keep_parsed(cmd_rec *cmd) {
  return keep_words(cmd, [](std::span<const std::string_view> words) -> core::Status {
    const auto parsed = Parse(words);
    if (parsed) return core::success();
    return parsed.error();
  });
}

/// The value that such a directive of the main server has, or `otherwise`.
template <auto Parse, class Value>
core::Result<Value> kept_value(std::string_view directive, Value otherwise) {
  const auto words = kept_words(directive);
  return words ? Parse(*words) : core::Result<Value>{std::move(otherwise)};
}

/// A row for the host's table; `name` is a literal.
constexpr conftable row(const char *name, modret_t *(*handler)(cmd_rec *)) noexcept {
  return {const_cast<char *>(name), handler, nullptr};  // the host only reads it
}

/// The parser of directives that are on or off.
core::Result<bool> parse_switch(std::span<const std::string_view> words);

}  // namespace mod_tls::glue
