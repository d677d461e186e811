// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/group_versions.h"

#include <algorithm>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

constexpr int kFirstOnWire = 0x0300;  // SSL 3; the others follow

bool is_for(Protocol version, std::string_view name, std::span<const GroupVersions> known) {
  const auto same = [name](const GroupVersions &group) {
    return equal_ignoring_case(group.name, name);
  };
  const auto found = std::ranges::find_if(known, same);
  return found == known.end() || found->versions.contains(version);
}

bool has_one_for(Protocol version, std::string_view list, std::span<const GroupVersions> known) {
  while (!list.empty()) {
    const std::string_view name = list.substr(0, list.find(':'));
    if (is_for(version, name, known)) return true;
    list.remove_prefix(std::min(name.size() + 1, list.size()));
  }
  return false;
}

}  // namespace

ProtocolSet versions_between(int oldest, int newest) {
  ProtocolSet versions;
  if (oldest < 0 || newest < 0) return versions;
  for (const Protocol version : kAllProtocols) {
    const int wire = kFirstOnWire + static_cast<int>(version);
    if (wire >= oldest && (newest == 0 || wire <= newest)) versions.add(version);
  }
  return versions;
}

std::vector<std::string> group_notices(std::string_view list, std::span<const GroupVersions> known,
                                       const ProtocolSet &offered) {
  std::vector<std::string> notices;
  if (list.empty()) return notices;
  for (const Protocol version : kAllProtocols) {
    if (!offered.contains(version) || has_one_for(version, list, known)) continue;
    // Older versions have key exchange of other kinds, where certificate and client agree to it.
    const char *left = version == Protocol::tlsv1_3 ? "are refused" : "have no ECDHE ciphers";
    notices.push_back("none of the groups " + quoted(list) + " is for " +
                      std::string(protocol_name(version)) + ", so that its clients " + left);
  }
  return notices;
}

}  // namespace mod_tls::core
