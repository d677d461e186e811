// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/controls_acl.h"

#include <algorithm>
#include <optional>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

constexpr std::string_view kPermissions[] = {
    "clear",
    "info",
    "ocspcache",
    "ocspcache clear",
    "ocspcache info",
    "ocspcache remove",
    "remove",
    "sesscache",
    "sesscache clear",
    "sesscache info",
    "sesscache remove",
};

std::optional<bool> allow_or_deny(std::string_view word) {
  if (equal_ignoring_case(word, "allow")) return true;
  if (equal_ignoring_case(word, "deny")) return false;
  return {};
}

Error unknown_action(std::string_view action) {
  std::string text = "unknown action: " + quoted(action) + "; known are all";
  for (const std::string_view known : kPermissions) text += ", " + std::string(known);
  return {Errc::bad_value, text};
}

Result<std::vector<std::string>> permissions_of(std::string_view list) {
  if (without_blanks(list) == "all")
    return std::vector<std::string>(std::begin(kPermissions), std::end(kPermissions));
  std::vector<std::string> permissions;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view action = without_blanks(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (std::ranges::find(kPermissions, action) == std::end(kPermissions))
      return unknown_action(action);
    permissions.emplace_back(action);
  }
  return permissions;
}

}  // namespace

std::span<const std::string_view> control_permissions() {
  return kPermissions;
}

Result<ControlsAcl> parse_controls_acl(std::span<const std::string_view> words) {
  if (words.size() < 4) return Error{Errc::bad_syntax, "missing parameters"};
  std::string actions(words[0]);
  if (!allow_or_deny(words[1]) && words.size() >= 5) {
    actions += ' ';
    actions += words[1];
    words = words.subspan(1);
  }
  const auto allow = allow_or_deny(words[1]);
  if (!allow) return Error{Errc::bad_value, "second parameter must be 'allow' or 'deny'"};
  const bool group = equal_ignoring_case(words[2], "group");
  if (!group && !equal_ignoring_case(words[2], "user")) {
    return Error{Errc::bad_value, "third parameter must be 'user' or 'group'"};
  }
  auto permissions = permissions_of(actions);
  if (!permissions) return std::move(permissions).error();
  return ControlsAcl{.permissions = std::move(permissions).value(),
                     .for_all = without_blanks(actions) == "all",
                     .allow = *allow,
                     .subject = group ? ControlsAcl::Subject::group : ControlsAcl::Subject::user,
                     .names = std::string(words[3])};
}

bool pair_decides(std::span<const ControlsAcl> records, std::string_view pair) {
  return std::ranges::any_of(records, [=](const ControlsAcl &record) {
    return !record.for_all &&
           std::ranges::find(record.permissions, pair) != record.permissions.end();
  });
}

}  // namespace mod_tls::core
