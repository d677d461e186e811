// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/reply_text.h"

namespace mod_tls::core {

/// Why a handshake failed, or a connection or a command was refused, in the terms of an admin.
enum class FailureReason : std::uint8_t {
  no_shared_cipher,
  only_weak_ciphers,
  other_certificate_type,
  no_shared_group,
  no_shared_signature,
  disabled_version,
  version_not_in_library,
  unsupported_version,
  needless_fallback,
  other_application,
  plain_http,
  plain_text,
  implicit_to_explicit,
  issuer_not_trusted,
  certificate_expired,
  certificate_revoked,
  certificate_rejected,
  no_client_certificate,
  client_certificate_refused,
  client_certificate_revoked,
  client_ocsp_unknown,
  client_ocsp_unanswered,
  resumed_unverified,
  resumed_expired,
  client_certificate_changed,
  client_dns_name_missing,
  client_dns_name_differs,
  client_address_missing,
  client_address_differs,
  client_common_name_missing,
  client_common_name_differs,
  different_keys,
  client_gave_up,
  client_closed,
  early_end,
  connection_lost,
  timed_out,
  interrupted,
  other_failure,
  other_server,
  session_not_reused,
  other_session_reused,
  other_client_certificate,
  client_certificate_not_kept,
  other_server_unverified,
  upload_cut_short,
  certificate_login_failed,
  login_in_clear,
  command_in_clear,
  data_in_clear,
  directory_data_in_clear,
  no_server_certificate,
  second_auth,
  auth_after_ccc,
  auth_after_login,
  auth_during_transfer,
  ccc_refused,
  ccc_during_transfer,
  clear_data_refused,
  private_data_refused,
  auth_without_mechanism,
  unknown_mechanism,
  prot_during_transfer,
  prot_in_clear,
  prot_denied,
  prot_level_unsupported,
  prot_level_unknown,
  pbsz_in_clear,
  wrong_parameters,
  ccc_in_clear,
  ccc_denied,
  sscn_malformed,
  sscn_unsupported,
  sscn_denied,
  login_unprotected,
  protocol_denied,
  name_contradicts_host,
  name_unknown,
  name_without_tls,
  name_unusable,
  name_of_other_version,
  name_after_login,
  host_after_handshake,
  client_renegotiates,
  too_many_key_changes,
  new_keys_refused,
  session_unusable,
  other_server_without_certificate,
};

/// One row of the table of reasons. Texts may hold placeholders in braces (fill_in()).
struct FailureRow {
  FailureReason reason;
  std::string_view name;    ///< As it stands in doc/troubleshooting.md.
  std::string_view cause;   ///< Log line, without what comes before it.
  std::string_view remedy;  ///< What the admin can do.
  std::string_view code;    ///< Reply codes: those of control and data connection, or one.
  std::string_view told;    ///< What the client is told.
};

/// Every reason once, in the order of the enum.
[[nodiscard]] std::span<const FailureRow> failure_table();

[[nodiscard]] const FailureRow &failure_row(FailureReason reason);

using TextFields = std::span<const TextField>;

/// The cause alone, for lines that log watchers know by heart.
[[nodiscard]] std::string failure_cause(FailureReason reason, TextFields fields = {});
/// Cause and remedy in one line.
[[nodiscard]] std::string failure_line(FailureReason reason, TextFields fields = {});
/// What the client is told: nothing that an attacker could not find out himself.
[[nodiscard]] std::string failure_reply(FailureReason reason, TextFields fields = {});

}  // namespace mod_tls::core
