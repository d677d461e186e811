// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <system_error>

namespace mod_tls::core {

/// Errc says what kind of thing went wrong, so that callers can branch without reading text.
enum class Errc {
  bad_syntax,     ///< A directive or a wire message is not well-formed.
  bad_value,      ///< Well-formed, but not one of the values allowed.
  not_found,      ///< A file, name or entry does not exist.
  not_permitted,  ///< The operating system or a policy forbids it.
  unusable,       ///< Exists and is readable, but cannot serve (wrong type, no match, expired).
  unsupported,    ///< Known to the documents, but not to this build or library.
  io,             ///< Reading or writing failed.
  crypto,         ///< The cryptographic library refused; `detail` has its words.
};

/// Error is a failure as a value: `message` names the thing and the remedy in one line, without
/// secrets; `detail` (may be empty) is the cause in the words of the library or the system.
struct Error {
  Errc code;
  std::string message;
  std::string detail = {};

  friend bool operator==(const Error &, const Error &) = default;
};

/// What the system says of an errno: "No such file or directory". Safe beside threads.
[[nodiscard]] inline std::string errno_text(int error) {
  return std::generic_category().message(error);
}

}  // namespace mod_tls::core
