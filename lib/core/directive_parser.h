// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/controls_acl.h"
#include "core/result.h"
#include "core/server_policy.h"

namespace mod_tls::core {

/// The directives of mod_tls; the rows of directive_table() are in this order.
enum class Directive : std::uint8_t {
  ca_certificate_file,
  ca_certificate_path,
  cache_secret_file,
  ca_revocation_file,
  ca_revocation_path,
  certificate_chain_file,
  certificate_file,
  certificate_key_file,
  cipher_suite,
  controls_acls,
  crypto_device,
  dh_param_file,
  dsa_certificate_file,
  dsa_certificate_key_file,
  ec_certificate_file,
  ec_certificate_key_file,
  ecdh_curve,
  engine,
  groups,
  log,
  masquerade_address,
  next_protocol,
  options,
  pass_phrase_provider,
  pkcs12_file,
  pre_shared_key,
  protocol,
  random_seed,
  renegotiate,
  required,
  rsa_certificate_file,
  rsa_certificate_key_file,
  server_cipher_preference,
  server_info_file,
  session_cache,
  session_ticket_keys,
  session_tickets,
  stapling,
  stapling_cache,
  stapling_options,
  stapling_responder,
  stapling_timeout,
  timeout_handshake,
  user_name,
  verify_client,
  verify_depth,
  verify_ocsp,
  verify_order,
  verify_server,
};

/// The typed value of one directive.
using EditValue =
    std::variant<bool, std::string, std::chrono::seconds, ProtocolSet, CipherEdit, RequiredPolicy,
                 OptionSet, SessionCachePolicy, RenegotiatePolicy, TicketKeyPolicy, PskFile,
                 std::uint32_t, ControlsAcl, StaplingOptions, StaplingCachePolicy, VerifyClient,
                 OcspPolicy, UserNameField>;

/// Whether a record was written for the server itself, came to it from <Global>, or from a section
/// of mod_ifsession.
enum class Origin : std::uint8_t { own, global, section };

/// One parsed directive, to be folded into a ServerPolicy.
struct PolicyEdit {
  Directive directive;
  Origin origin = Origin::own;
  EditValue value;
};

using Words = std::span<const std::string_view>;

/// Turns the words after the directive's name into its value, or into an error text that the host
/// prefixes with the directive's name and follows with line and file. The text names the bad word
/// and what is allowed.
using DirectiveParser = Result<EditValue> (*)(Words words);

/// The parsers, one for each kind of value; the rows of directive_table() name them. Directives
/// that take one parameter ignore further words, as they always did.
Result<EditValue> parse_boolean_words(Words words);
Result<EditValue> parse_log_words(Words words);
Result<EditValue> parse_path_words(Words words);
Result<EditValue> parse_program_words(Words words);
Result<EditValue> parse_key_words(Words words);  ///< A path, or a URI ("pkcs11:...").
Result<EditValue> parse_psk_words(Words words);
Result<EditValue> parse_protocol_words(Words words);
Result<EditValue> parse_cipher_words(Words words);
Result<EditValue> parse_controls_words(Words words);
Result<EditValue> parse_device_words(Words words);  ///< "ALL", or the name of a provider.
Result<EditValue> parse_required_words(Words words);
Result<EditValue> parse_option_words(Words words);
Result<EditValue> parse_timeout_words(Words words);
Result<EditValue> parse_session_cache_words(Words words);
Result<EditValue> parse_ticket_key_words(Words words);
Result<EditValue> parse_stapling_cache_words(Words words);
Result<EditValue> parse_stapling_option_words(Words words);
Result<EditValue> parse_responder_words(Words words);
Result<EditValue> parse_curve_words(Words words);
Result<EditValue> parse_group_words(Words words);
Result<EditValue> parse_address_words(Words words);  ///< Resolved by the host.
Result<EditValue> parse_seed_words(Words words);
Result<EditValue> parse_renegotiate_words(Words words);
Result<EditValue> parse_user_name_words(Words words);
Result<EditValue> parse_verify_client_words(Words words);
Result<EditValue> parse_verify_depth_words(Words words);
Result<EditValue> parse_verify_ocsp_words(Words words);
Result<EditValue> parse_verify_order_words(Words words);
Result<EditValue> parse_verify_server_words(Words words);

/// Parses the words behind directive `id` with its row's parser.
Result<EditValue> parse_directive(Directive id, Words words);

}  // namespace mod_tls::core
