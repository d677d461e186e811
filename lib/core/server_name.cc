// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/server_name.h"

#include <algorithm>

#include "core/ascii.h"
#include "core/failure_reason.h"

namespace mod_tls::core {

namespace {

using Action = ServerNameDecision::Action;
using R = FailureReason;

constexpr std::uint8_t kHostName = 0;
constexpr std::size_t kNameHeader = 3;  // type, then two bytes of length

/// The two bytes at `at` as a length; the caller has checked that they are there.
std::size_t length_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  return (std::size_t{bytes[at]} << 8) | bytes[at + 1];
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// What notes, commands and log lines can take as it is; international names come as ASCII.
bool is_plain(std::uint8_t byte) {
  return byte > 0x20 && byte < 0x7f;
}

/// One of the four numbers of an IPv4 address.
bool is_octet(std::string_view word) {
  if (word.empty() || word.size() > 3 || !std::ranges::all_of(word, is_digit)) return false;
  return word.size() < 3 || word <= "255";
}

bool is_ipv4(std::string_view name) {
  for (int i = 0; i < 3; i++) {
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos || !is_octet(name.substr(0, dot))) return false;
    name.remove_prefix(dot + 1);
  }
  return is_octet(name);
}

bool offers_any(const ServerNameFacts &facts) {
  return std::ranges::any_of(kAllProtocols, [&](Protocol p) {
    return facts.offered.contains(p) && facts.allowed.contains(p);
  });
}

std::string newest_offered(const ServerNameFacts &facts) {
  if (facts.offered.empty()) return "(unknown)";
  return std::string(protocol_name(facts.offered.highest()));
}

ServerNameDecision rejected(const ServerNameFacts &facts, NameAlert alert, FailureReason reason) {
  const TextField fields[] = {{"{sni}", std::string(facts.name)},
                              {"{host}", std::string(facts.host)},
                              {"{version}", newest_offered(facts)}};
  return {.action = Action::reject,
          .alert = alert,
          .log = failure_cause(reason, fields),
          .told = failure_reply(reason, fields),
          .trace = failure_line(reason, fields)};
}

bool contradicts_host(const ServerNameFacts &facts) {
  if (facts.host.empty() || is_address_literal(facts.host)) return false;
  return !equal_ignoring_case(without_trailing_dot(facts.host), without_trailing_dot(facts.name));
}

/// The session is on one server and the name asks for another.
ServerNameDecision decide_switch(const ServerNameFacts &facts) {
  if (facts.logged_in) return rejected(facts, NameAlert::unrecognized_name, R::name_after_login);
  if (offers_any(facts)) return {.action = Action::switch_server};
  return rejected(facts, NameAlert::protocol_version, R::name_of_other_version);
}

}  // namespace

bool is_address_literal(std::string_view name) {
  // A colon can stand in no host name.
  return name.find(':') != std::string_view::npos || name.starts_with('[') || is_ipv4(name);
}

std::string_view without_trailing_dot(std::string_view name) {
  return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

std::span<const std::uint8_t> host_name_in(std::span<const std::uint8_t> extension) {
  if (extension.size() < 2 || length_at(extension, 0) != extension.size() - 2) return {};
  // A list by its grammar, of which RFC 6066 allows one name of each type, and knows one type.
  const auto list = extension.subspan(2);
  if (list.size() < kNameHeader || list[0] != kHostName) return {};
  if (length_at(list, 1) != list.size() - kNameHeader) return {};
  const auto name = list.subspan(kNameHeader);
  return std::ranges::all_of(name, is_plain) ? name : std::span<const std::uint8_t>{};
}

bool server_matters(const ServerNameFacts &facts) {
  return !facts.name.empty() && !facts.ignore && !contradicts_host(facts) &&
         !is_address_literal(facts.name);
}

ServerNameDecision decide_server_name(const ServerNameFacts &facts) {
  if (facts.name.empty() || facts.ignore) return {};
  if (contradicts_host(facts)) {
    return rejected(facts, NameAlert::access_denied, R::name_contradicts_host);
  }
  if (is_address_literal(facts.name)) return {};
  switch (facts.server) {
    case NamedServer::no_names:
    case NamedServer::current:
      return {.action = Action::accept};
    case NamedServer::unknown:
      return rejected(facts, NameAlert::unrecognized_name, R::name_unknown);
    case NamedServer::other:
      return decide_switch(facts);
    case NamedServer::without_tls:
      return rejected(facts, NameAlert::unrecognized_name, R::name_without_tls);
    case NamedServer::unusable:
      return rejected(facts, NameAlert::access_denied, R::name_unusable);
  }
  return {};
}

}  // namespace mod_tls::core
