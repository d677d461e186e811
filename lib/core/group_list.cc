// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/group_list.h"

#include <algorithm>
#include <vector>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

/// Names as the library has them; its own list syntax beyond names (?, *, -, /) is not for here.
constexpr std::string_view kNameCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

Error bad_name(std::string_view name, const char *why) {
  return {Errc::bad_value, "unable to use group " + quoted(name) + ": " + why +
                               " (allowed: auto, or names joined by ':', best first, such as "
                               "X25519:P-256)"};
}

bool is_name(std::string_view name) {
  return !name.empty() && name.find_first_not_of(kNameCharacters) == std::string_view::npos;
}

Status add_names(std::string_view list, std::vector<std::string_view> &names) {
  while (true) {
    const std::size_t colon = list.find(':');
    const std::string_view name = list.substr(0, colon);
    if (!is_name(name)) return bad_name(name, "not a name");
    if (equal_ignoring_case(name, "auto")) return bad_name(name, "it stands alone");
    const auto same = [name](auto known) { return equal_ignoring_case(known, name); };
    if (std::ranges::any_of(names, same)) return bad_name(name, "named twice");
    names.push_back(name);
    if (colon == std::string_view::npos) return success();
    list.remove_prefix(colon + 1);
  }
}

}  // namespace

Result<std::string> parse_groups(std::span<const std::string_view> words) {
  if (words.empty()) return Error{Errc::bad_syntax, "missing parameters"};
  if (words.size() == 1 && equal_ignoring_case(words[0], "auto")) return std::string{};
  std::vector<std::string_view> names;
  for (const std::string_view word : words) {
    if (auto status = add_names(word, names); !status) return std::move(status).error();
  }
  std::string joined;
  for (const std::string_view name : names) {
    joined.append(joined.empty() ? "" : ":").append(name);
  }
  return joined;
}

std::string groups_text(const std::string &groups) {
  return groups.empty() ? "auto" : groups;
}

}  // namespace mod_tls::core
