// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/session_override.h"

#include "core/required_gate.h"

namespace mod_tls::core {

namespace {

constexpr Option kForHandshakes[] = {Option::allow_client_renegotiations, Option::allow_weak_dh,
                                     Option::allow_weak_security, Option::enable_diags};

ServerPolicy for_handshakes(ServerPolicy policy) {
  const ServerPolicy defaults;
  OptionSet options;
  for (const Option option : kForHandshakes) {
    if (policy.options.has(option)) options.add(option);
  }
  policy.options = options;
  policy.log_file.clear();
  policy.random_seed.clear();
  policy.required = defaults.required;
  policy.renegotiate = defaults.renegotiate;
  policy.stapling = defaults.stapling;
  policy.handshake_timeout = defaults.handshake_timeout;
  return policy;
}

}  // namespace

bool needs_other_context(const ServerPolicy &built, const ServerPolicy &wanted) {
  return built != wanted && for_handshakes(built) != for_handshakes(wanted);
}

bool refused_by_name(const RequiredPolicy &before, const RequiredPolicy &section,
                     bool control_protected) {
  return section != before && login_must_end(section, control_protected);
}

}  // namespace mod_tls::core
