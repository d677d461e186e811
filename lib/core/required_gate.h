// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>
#include <string_view>

#include "core/required_policy.h"

namespace mod_tls::core {

/// What the gate knows when a command arrives.
struct GateInput {
  std::string_view command;  ///< Upper-cased verb.
  RequiredPolicy server;     ///< TLSRequired in force for the server or Anonymous login now.
  std::optional<RequiredPolicy> directory;  ///< Of the directory the command aims at, if any.
  bool allow_per_user = false;
  bool logged_in = false;
  bool control_protected = false;
  bool data_protected = false;
};

/// Why a command was refused; names the log line.
enum class GateReason { allowed, authentication, control, data, directory_data };

struct GateVerdict {
  GateReason reason = GateReason::allowed;
  int code = 0;                ///< FTP reply code; 0 when allowed.
  std::string_view text = {};  ///< FTP reply text.

  [[nodiscard]] bool allowed() const { return reason == GateReason::allowed; }
};

/// Applies TLSRequired before a command (doc/directives.md, section TLSRequired).
[[nodiscard]] GateVerdict required_gate(const GateInput &input);

/// Whether `command` opens a data connection that the data rule covers
/// (APPE, LIST, MLSD, NLST, RETR, STOR, STOU).
[[nodiscard]] bool is_data_command(std::string_view command);

/// Step 6: after login (`at_login`), a policy that now asks for a protected control channel ends
/// an unprotected session.
[[nodiscard]] bool login_must_end(const RequiredPolicy &now_in_force, bool control_protected);

}  // namespace mod_tls::core
