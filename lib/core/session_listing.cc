// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/session_listing.h"

namespace mod_tls::core {

std::vector<std::string> listing_lines(std::span<const ListedSession> sessions,
                                       std::uint64_t entries, const DateWriter &date) {
  std::vector<std::string> lines{"", "Cached sessions:"};
  for (const ListedSession &session : sessions) {
    lines.emplace_back("  -----BEGIN SSL SESSION PARAMETERS-----");
    lines.push_back("    Protocol: " + session.version);
    lines.push_back("    Started: " + date(session.started));
    lines.push_back("    Expires: " + date(session.started + session.seconds) + " (" +
                    std::to_string(session.seconds) + " secs)");
    lines.emplace_back("  -----END SSL SESSION PARAMETERS-----");
    lines.emplace_back();
  }
  if (sessions.empty()) lines.emplace_back("  (none)");
  if (sessions.size() == kListedSessions && entries > sessions.size()) {
    lines.push_back("  (and " + std::to_string(entries - sessions.size()) + " more)");
  }
  return lines;
}

}  // namespace mod_tls::core
