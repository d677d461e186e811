// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/directive_parser.h"

#include "core/ascii.h"
#include "core/boolean.h"
#include "core/crypto_device.h"
#include "core/directive_table.h"
#include "core/duration.h"
#include "core/group_list.h"
#include "core/http_url.h"
#include "core/key_uri.h"
#include "core/session_cache_policy.h"
#include "core/verify_words.h"

namespace mod_tls::core {

namespace {

Error missing_parameters() {
  return {Errc::bad_syntax, "missing parameters"};
}

/// A typed Result as that of any directive.
template <class T>
Result<EditValue> widened(Result<T> result) {
  if (!result) return std::move(result).error();
  return EditValue{std::move(result).value()};
}

Result<std::string> parse_absolute_path(std::string_view path) {
  if (!path.starts_with('/')) {
    return Error{Errc::bad_value,
                 "parameter must be an absolute path: " + quoted(path) + " (it starts with /)"};
  }
  if (has_control_character(path)) {
    return Error{Errc::bad_value, "parameter must be an absolute path: " + quoted(path) +
                                      " (control characters are not allowed)"};
  }
  return std::string(path);
}

}  // namespace

Result<EditValue> parse_boolean_words(Words words) {
  if (words.empty()) return missing_parameters();
  const auto boolean = parse_boolean(words[0]);
  if (boolean) return EditValue{*boolean};
  return Error{Errc::bad_value, "expected Boolean parameter: " + quoted(words[0]) +
                                    " (allowed: on, off, yes, no, true, false, 1, 0)"};
}

Result<EditValue> parse_log_words(Words words) {
  if (words.empty()) return missing_parameters();
  if (equal_ignoring_case(words[0], "none")) return EditValue{std::string{}};
  if (words[0].empty() || has_control_character(words[0])) {
    return Error{Errc::bad_value, "unable to use " + quoted(words[0]) +
                                      " as a file name (allowed: none, or the path of a file)"};
  }
  return EditValue{std::string(words[0])};
}

Result<EditValue> parse_path_words(Words words) {
  if (words.empty()) return missing_parameters();
  return widened(parse_absolute_path(words[0]));
}

Result<EditValue> parse_program_words(Words words) {
  if (words.empty()) return missing_parameters();
  auto path = parse_absolute_path(words[0]);
  if (path) return EditValue{std::move(*path)};
  return Error{path.error().code, "must be a full path: " + quoted(words[0])};
}

Result<EditValue> parse_key_words(Words words) {
  if (words.empty()) return missing_parameters();
  if (!is_key_uri(words[0])) return widened(parse_absolute_path(words[0]));
  if (has_control_character(words[0])) {
    return Error{Errc::bad_value,
                 "a URI has no control characters: " + core::quoted(without_pin(words[0]))};
  }
  if (is_token_uri(words[0]) || !file_of_uri(words[0]).empty()) {
    return EditValue{std::string(words[0])};
  }
  return Error{Errc::bad_value,
               "a file URI names an absolute path on this host (file:/path/to/file): " +
                   core::quoted(words[0])};
}

Result<EditValue> parse_psk_words(Words words) {
  return widened(parse_psk(words));
}

Result<EditValue> parse_protocol_words(Words words) {
  return widened(parse_protocols(words));
}

Result<EditValue> parse_cipher_words(Words words) {
  return widened(parse_cipher_suite(words));
}

Result<EditValue> parse_required_words(Words words) {
  if (words.empty()) return missing_parameters();
  return widened(parse_required(words[0]));
}

Result<EditValue> parse_controls_words(Words words) {
  return widened(parse_controls_acl(words));
}

Result<EditValue> parse_device_words(Words words) {
  if (words.empty()) return missing_parameters();
  return widened(parse_crypto_device(words[0]));
}

Result<EditValue> parse_option_words(Words words) {
  return widened(parse_options(words));
}

Result<EditValue> parse_timeout_words(Words words) {
  if (words.empty()) return missing_parameters();
  auto timeout = parse_duration(words[0]);
  if (timeout) return EditValue{*timeout};
  return Error{timeout.error().code,
               "error parsing timeout value " + quoted(words[0]) + ": " + timeout.error().message +
                   " (allowed: " + std::string(kDurationSyntax) + "; 0 for no limit)"};
}

Result<EditValue> parse_session_cache_words(Words words) {
  return widened(parse_session_cache(words));
}

Result<EditValue> parse_ticket_key_words(Words words) {
  return widened(parse_ticket_keys(words));
}

Result<EditValue> parse_stapling_cache_words(Words words) {
  return widened(parse_stapling_cache(words));
}

Result<EditValue> parse_stapling_option_words(Words words) {
  return widened(parse_stapling_options(words));
}

Result<EditValue> parse_responder_words(Words words) {
  if (words.empty()) return missing_parameters();
  const auto url = parse_http_url(words[0]);
  if (!url) return url.error();
  return EditValue{std::string(words[0])};
}

Result<EditValue> parse_curve_words(Words words) {
  return widened(parse_groups(words.first(words.empty() ? 0 : 1)));
}

Result<EditValue> parse_group_words(Words words) {
  return widened(parse_groups(words));
}

Result<EditValue> parse_address_words(Words words) {
  if (words.empty()) return missing_parameters();
  if (!words[0].empty() && !has_control_character(words[0]))
    return EditValue{std::string(words[0])};
  return Error{Errc::bad_value, "unable to resolve " + quoted(words[0]) +
                                    " (allowed: an IP address, a host name or a network device)"};
}

Result<EditValue> parse_seed_words(Words words) {
  if (words.empty()) return missing_parameters();
  return EditValue{printable(words[0])};
}

Result<EditValue> parse_renegotiate_words(Words words) {
  return widened(parse_renegotiate(words));
}

Result<EditValue> parse_user_name_words(Words words) {
  if (words.empty()) return missing_parameters();
  return widened(parse_user_name_field(words[0]));
}

Result<EditValue> parse_verify_client_words(Words words) {
  if (words.empty()) return missing_parameters();
  return widened(parse_verify_client(words[0]));
}

Result<EditValue> parse_verify_depth_words(Words words) {
  if (words.empty()) return missing_parameters();
  return widened(parse_verify_depth(words[0]));
}

Result<EditValue> parse_verify_ocsp_words(Words words) {
  if (words.empty()) return missing_parameters();
  return widened(parse_ocsp_policy(words));
}

Result<EditValue> parse_verify_order_words(Words words) {
  return widened(parse_verify_order(words));
}

Result<EditValue> parse_verify_server_words(Words words) {
  if (words.empty()) return missing_parameters();
  return widened(parse_verify_server(words[0]));
}

Result<EditValue> parse_directive(Directive id, Words words) {
  return spec_of(id).parse(words);
}

}  // namespace mod_tls::core
