// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/dot_login.h"

namespace mod_tls::core {

namespace {

constexpr std::uint32_t kRoot = 0;
constexpr std::uint32_t kGroupOrOthersWrite = 022;
constexpr std::uint32_t kOthersWrite = 02;

bool is_trusted(std::uint32_t owner, std::uint32_t user) {
  return owner == user || owner == kRoot;
}

}  // namespace

std::string dot_login_fault(const DotLoginFacts &facts) {
  if (!facts.regular) return "it is no regular file";
  if (!is_trusted(facts.owner, facts.user)) return "its owner is neither the user nor root";
  if ((facts.mode & kGroupOrOthersWrite) != 0) {
    return "group or others may write to it (chmod go-w)";
  }
  if (!is_trusted(facts.home_owner, facts.user)) {
    return "the owner of the home is neither the user nor root";
  }
  if ((facts.home_mode & kOthersWrite) != 0) return "others may write to the home (chmod o-w)";
  if (facts.size == 0) return "it is empty";
  if (facts.size > kMaxDotLogin) {
    return "it is larger than " + std::to_string(kMaxDotLogin) + " bytes";
  }
  return {};
}

}  // namespace mod_tls::core
