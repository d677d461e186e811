// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/protocol_set.h"

namespace mod_tls::core {

/// One name of a key exchange group, and the versions of TLS it is for.
struct GroupVersions {
  std::string name;
  ProtocolSet versions;
};

/// The versions from `oldest` to `newest`, in the numbers of the wire (0x0304 is TLS 1.3). As
/// providers tell them (provider-base(7)): 0 is no limit, -1 is none at all.
[[nodiscard]] ProtocolSet versions_between(int oldest, int newest);

/// What to tell of a list of groups ("X25519:P-256"), none of which is for a version that is
/// offered; each text starts a line. Names that are not `known` are for all versions, and an empty
/// list is the library's choice.
[[nodiscard]] std::vector<std::string> group_notices(std::string_view list,
                                                     std::span<const GroupVersions> known,
                                                     const ProtocolSet &offered);

}  // namespace mod_tls::core
