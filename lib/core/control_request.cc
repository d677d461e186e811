// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/control_request.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

using Words = std::span<const std::string_view>;
using Action = CacheRequest::Action;

struct ActionName {
  std::string_view name;
  Action action;
};
constexpr ActionName kActions[] = {
    {"info", Action::info}, {"clear", Action::clear}, {"remove", Action::remove}};

/// What answers of the two caches call themselves and what they hold.
struct KindWords {
  std::string_view word;
  std::string_view entry;
  std::string_view cache;
  std::string_view directive;
};
constexpr std::array<KindWords, 2> kKinds = {{
    {"sesscache", "session", "session cache", "TLSSessionCache"},
    {"ocspcache", "response", "OCSP cache", "TLSStaplingCache"},
}};

constexpr const KindWords &words_of(CacheKind kind) {
  return kKinds[kind == CacheKind::sessions ? 0 : 1];
}

/// "tls sesscache: "
std::string prefix(CacheKind kind) {
  return "tls " + std::string(words_of(kind).word) + ": ";
}

ControlRefusal unsupported(CacheKind kind, std::string_view parameter) {
  return {prefix(kind) + "unsupported parameter: " + quoted(parameter)};
}

ControlRequest parse_cache_request(CacheKind kind, Words words) {
  ControlRequest request{.first = to_string(kind), .what = ControlRefusal{}};
  if (words.empty()) {
    request.what = ControlRefusal{prefix(kind) + "missing required parameters"};
    return request;
  }
  const auto *known = std::ranges::find(kActions, words[0], &ActionName::name);
  if (known == std::end(kActions)) {
    request.what = ControlRefusal{
        prefix(kind) + "unknown " + std::string(to_string(kind)) + " action: " + quoted(words[0]),
        ControlStatus::unsupported_operation};
    return request;
  }
  request.second = known->name;
  request.both = std::string(request.first) + ' ' + std::string(request.second);
  CacheRequest cache{.kind = kind, .action = known->action};
  request.what = cache;
  if (words.size() == 1) return request;
  if (cache.action == Action::info && words[1] == "-v") {
    cache.verbose = true;
    request.what = cache;
    return request;
  }
  if (cache.action == Action::info) request.what = unsupported(kind, words[1]);
  return request;
}

ControlRequest parse_info_request(Words words) {
  ControlRequest request{.first = "info", .what = InfoRequest{}};
  if (words.empty()) return request;
  if (words[0] == "--json") {
    request.what = InfoRequest{.json = true};
  } else {
    request.what = ControlRefusal{"tls info: unsupported parameter: " + quoted(words[0])};
  }
  return request;
}

std::string_view doing(Action action) {
  switch (action) {
    case Action::info:
      return "obtaining";
    case Action::clear:
      return "clearing";
    case Action::remove:
      return "removing";
  }
  return {};
}

}  // namespace

std::string_view to_string(CacheKind kind) {
  return words_of(kind).word;
}

ControlRequest parse_control_request(Words words) {
  if (words.empty()) return {.what = ControlRefusal{"missing required parameters"}};
  if (words[0] == "info") return parse_info_request(words.subspan(1));
  for (const CacheKind kind : {CacheKind::sessions, CacheKind::responses}) {
    if (words[0] == to_string(kind)) return parse_cache_request(kind, words.subspan(1));
  }
  return {.what = ControlRefusal{"unknown tls action: " + quoted(words[0]),
                                 ControlStatus::unsupported_operation}};
}

std::string cleared_text(CacheKind kind, int count, std::string_view provider) {
  const KindWords &words = words_of(kind);
  return prefix(kind) + "cleared " + std::to_string(count) + ' ' + std::string(words.entry) +
         (count == 1 ? "" : "s") + " from " + quoted(provider) + ' ' + std::string(words.cache);
}

std::string removed_text(CacheKind kind, std::string_view provider) {
  // Both caches have always answered by the name of the first.
  return prefix(CacheKind::sessions) + "removed " + quoted(provider) + ' ' +
         std::string(words_of(kind).cache);
}

std::string failed_text(const CacheRequest &request, std::string_view reason) {
  return prefix(request.kind) + "error " + std::string(doing(request.action)) + ' ' +
         std::string(words_of(request.kind).cache) +
         (request.action == Action::info ? " status" : "") + ": " + std::string(reason);
}

std::vector<std::string> missed_lines(std::span<const std::string> status) {
  std::vector<std::string> lines;
  for (const std::string &line : status) {
    if (line.find(kNotCleared) != std::string::npos)
      lines.push_back("cleared, if not marked: " + line);
  }
  return lines;
}

std::string unconfigured_text(CacheKind kind) {
  return "No " + std::string(words_of(kind).directive) + " configured";
}

}  // namespace mod_tls::core
