// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Configuration text of any kind: each line is a directive and its words, a leading '<' stands for
// <Global>. What parses must build a policy that can be shown and holds what it promises.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/ascii.h"
#include "core/directive_table.h"
#include "core/policy_builder.h"

namespace {

using namespace mod_tls::core;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Cuts at every `separator`; empty parts are kept, as "" is a word for the host.
std::vector<std::string_view> cut(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

void check_error(const Error &error) {
  require(!error.message.empty());
  require(!has_control_character(error.message));
}

void parse_line(std::string_view line, std::vector<PolicyEdit> &edits) {
  const Origin origin = line.starts_with('<') ? Origin::global : Origin::own;
  if (origin == Origin::global) line.remove_prefix(1);
  const std::vector<std::string_view> words = cut(line, ' ');
  const DirectiveSpec *spec = find_directive(words[0]);
  if (spec == nullptr) return;
  const Words arguments = Words(words).subspan(1);
  auto value = parse_directive(spec->id, arguments);
  require(!has_control_character(ignored_options_notice(arguments)));
  if (!value) return check_error(value.error());
  edits.push_back({spec->id, origin, std::move(value).value()});
}

void check_policy(const ServerPolicy &policy) {
  const std::string text = describe(policy);
  // A line for each directive but the one that is the daemon's, and nothing behind the last.
  require(cut(text, '\n').size() == directive_table().size());
  require(!policy.protocols.empty());
  require(policy.protocols.contains(policy.protocols.lowest()));
  require(policy.handshake_timeout.count() >= 0);
  require(policy.session_cache.timeout.count() >= 1);
  for (const PolicyFinding &finding : cross_check(policy, {.name = "fuzz"})) {
    require(!has_control_character(finding.text));
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer calls
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string text(data, data + size);
  std::vector<PolicyEdit> edits;
  for (const std::string_view line : cut(text, '\n')) parse_line(line, edits);
  check_policy(build_policy(edits));
  return 0;
}
