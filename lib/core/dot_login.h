// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mod_tls::core {

/// The file in a user's home whose certificates let him in (TLSOptions AllowDotLogin).
inline constexpr std::string_view kDotLoginName = ".tlslogin";

/// The largest one that is read, in bytes: room for a dozen certificates.
inline constexpr std::size_t kMaxDotLogin = 64UL * 1024;

/// What stat(2) says of a .tlslogin and of the home that it is in.
struct DotLoginFacts {
  bool regular = false;
  std::uint64_t size = 0;
  std::uint32_t user = 0;   ///< The id of the user who logs in,
  std::uint32_t owner = 0;  ///< of the file's owner,
  std::uint32_t home_owner = 0;
  std::uint32_t mode = 0;  ///< Permissions of the file,
  std::uint32_t home_mode = 0;
};

/// Why the file must not be believed, for the log; empty if it may be. Nobody but root and the
/// user himself may have been able to write it or to put it there.
[[nodiscard]] std::string dot_login_fault(const DotLoginFacts &facts);

}  // namespace mod_tls::core
