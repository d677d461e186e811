// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/directive_parser.h"
#include "core/server_policy.h"

namespace mod_tls::core {

/// Folds the edits of one server, in the host's record order (own records first, then those of
/// <Global>), over the defaults. The first record of a directive counts; TLSOptions are OR-ed; of
/// TLSCipherSuite the last own record of a class counts, else the last global one. What a section
/// of mod_ifsession says goes before both; its certificates stand last.
[[nodiscard]] ServerPolicy build_policy(std::span<const PolicyEdit> edits);

/// What cross_check() needs to know of a server beside its policy.
struct ServerFacts {
  std::string name;                    ///< "ServerName", for the messages.
  bool has_session_overrides = false;  ///< mod_ifsession is loaded.
  bool has_relaxing_section =
      false;                ///< Some <Anonymous>/<Directory> has TLSRequired without auth.
  bool reverse_dns = true;  ///< UseReverseDNS: the host knows the names of clients.
};

/// One finding about a policy as a whole.
struct PolicyFinding {
  enum class Severity { notice, fatal };
  Severity severity;
  std::string text;
};

/// Contradictions between directives: what can never work is fatal, what is probably not meant is
/// a notice. Servers with TLSEngine off have none.
[[nodiscard]] std::vector<PolicyFinding> cross_check(const ServerPolicy &policy,
                                                     const ServerFacts &facts);

/// The policy as text, one "Name value" line per directive in table order, stable across runs.
[[nodiscard]] std::string describe(const ServerPolicy &policy);

/// Those lines of describe() that decide on who gets in and how: where they are equal, sessions of
/// one server may be resumed on another (of this daemon, or of another host with the same cache).
[[nodiscard]] std::string session_identity(const ServerPolicy &policy);

}  // namespace mod_tls::core
