// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/required_policy.h"

namespace mod_tls::core {

/// SecurityState is what RFC 2228 and RFC 4217 commands depend on.
struct SecurityState {
  bool engine = false;             ///< TLSEngine of the current server.
  bool mechanism = false;          ///< An AUTH succeeded (survives CCC).
  bool control_protected = false;  ///< The control channel is encrypted now.
  bool control_cleared = false;    ///< CCC was done.
  bool data_protected = false;     ///< PROT P or its equivalent is in force.
  bool logged_in = false;
  bool sscn_client = false;   ///< SSCN ON is in force.
  bool transferring = false;  ///< A data transfer is in progress.
};

/// The facts of configuration that the answers depend on.
struct SecurityRules {
  RequiredPolicy required;
  bool has_credentials = false;
  bool allow_per_user = false;
  bool limit_denies = false;  ///< A <Limit> section refuses this command to this user.
};

/// What the host has to do beside replying.
enum class Effect {
  none,
  decline,                     ///< Not ours: let other modules, then the host, answer.
  start_tls,                   ///< Reply at once, then hold the handshake; data stays clear.
  start_tls_and_protect_data,  ///< As start_tls, and protect data from then on.
  protect_data,
  clear_data,
  clear_control,       ///< Reply at once, then end TLS on the control connection.
  become_data_client,  ///< SSCN: be the TLS client on data connections that move files...
  become_data_server,  ///< ...or the TLS server again.
};

/// The answer to one command: an effect, the reply (code 0: none) and the TLSLog lines, one or
/// several separated by newlines, or none. A declined command has a reply, too, where one is due
/// if no other module takes it.
struct Decision {
  Effect effect = Effect::none;
  int code = 0;
  std::string text = {};
  std::string log = {};
  std::string trace = {};  ///< Of a refusal: cause and remedy in one line.
};

/// `args` are the words after the verb, as sent. The first check that fails decides
/// the reply (RFC 2228, RFC 4217).
Decision decide_auth(const SecurityState &state, const SecurityRules &rules,
                     std::span<const std::string_view> args);
Decision decide_pbsz(const SecurityState &state, std::span<const std::string_view> args);
Decision decide_prot(const SecurityState &state, const SecurityRules &rules,
                     std::span<const std::string_view> args);

/// The mechanisms that AUTH takes (upper case), for the 504 text and FEAT.
[[nodiscard]] std::span<const std::string_view> auth_mechanisms();

/// The FEAT lines this server can honour.
[[nodiscard]] std::span<const std::string_view> feature_lines();

}  // namespace mod_tls::core
