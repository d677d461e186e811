// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>
#include <iterator>

#include "core/directive_table.h"
#include "core/group_list.h"
#include "core/key_uri.h"
#include "core/policy_builder.h"
#include "core/session_cache_policy.h"

namespace mod_tls::core {

namespace {

std::string or_none(const std::string &path) {
  return path.empty() ? "none" : path;
}

std::string on_or_off(bool value) {
  return value ? "on" : "off";
}

std::string all_of(const std::vector<std::string> &paths) {
  std::string text;
  for (const std::string &path : paths) text += (text.empty() ? "" : " ") + path;
  return or_none(text);
}

/// One word for each pair.
std::string all_of(const std::vector<CredentialFiles> &pairs, std::string CredentialFiles::*part) {
  std::string text;
  for (const CredentialFiles &pair : pairs)
    text += (text.empty() ? "" : " ") + or_none(without_pin(pair.*part));
  return or_none(text);
}

std::string all_of(const std::vector<PskFile> &keys) {
  std::string text;
  for (const PskFile &key : keys) text += (text.empty() ? "" : "; ") + to_string(key);
  return or_none(text);
}

std::string cipher_text(const CipherSpec &ciphers) {
  const std::string tls13 = ciphers.tls13.empty() ? "library default" : ciphers.tls13;
  return ciphers.legacy + "; TLSv1.3 " + tls13;
}

std::string value_text(const ServerPolicy &policy, Directive directive) {
  switch (directive) {
    case Directive::ca_certificate_file:
      return or_none(policy.ca_file);
    case Directive::ca_certificate_path:
      return or_none(policy.ca_path);
    case Directive::ca_revocation_file:
      return or_none(policy.crl_file);
    case Directive::ca_revocation_path:
      return or_none(policy.crl_path);
    case Directive::cache_secret_file:
      return or_none(policy.cache_secret_file);
    case Directive::certificate_chain_file:
      return or_none(policy.chain_file);
    case Directive::certificate_file:
      return all_of(policy.any_type, &CredentialFiles::certificate);
    case Directive::certificate_key_file:
      return all_of(policy.any_type, &CredentialFiles::key);
    case Directive::cipher_suite:
      return cipher_text(policy.ciphers);
    case Directive::controls_acls:
      return {};
    case Directive::dh_param_file:
      return all_of(policy.dh_files);
    case Directive::dsa_certificate_file:
      return or_none(policy.dsa.certificate);
    case Directive::dsa_certificate_key_file:
      return or_none(without_pin(policy.dsa.key));
    case Directive::ec_certificate_file:
      return or_none(policy.ec.certificate);
    case Directive::ec_certificate_key_file:
      return or_none(without_pin(policy.ec.key));
    case Directive::ecdh_curve:
      return groups_text(policy.ecdh_curve);
    case Directive::engine:
      return on_or_off(policy.engine);
    case Directive::groups:
      return groups_text(policy.groups);
    case Directive::log:
      return or_none(policy.log_file);
    case Directive::masquerade_address:
      return or_none(policy.masquerade_address);
    case Directive::next_protocol:
      return on_or_off(policy.alpn);
    case Directive::options:
      return to_string(policy.options);
    case Directive::pass_phrase_provider:
      return or_none(policy.pass_phrase_provider);
    case Directive::pkcs12_file:
      return or_none(policy.pkcs12_file);
    case Directive::pre_shared_key:
      return all_of(policy.pre_shared_keys);
    case Directive::protocol:
      return to_string(policy.protocols);
    case Directive::random_seed:
      return or_none(policy.random_seed);
    case Directive::renegotiate:
      return to_string(policy.renegotiate);
    case Directive::required:
      return std::string(to_string(policy.required));
    case Directive::rsa_certificate_file:
      return or_none(policy.rsa.certificate);
    case Directive::rsa_certificate_key_file:
      return or_none(without_pin(policy.rsa.key));
    case Directive::server_cipher_preference:
      return on_or_off(policy.server_chooses_cipher);
    case Directive::server_info_file:
      return or_none(policy.server_info_file);
    case Directive::session_cache:
      return to_string(policy.session_cache);
    case Directive::session_ticket_keys:
      return to_string(policy.ticket_keys);
    case Directive::session_tickets:
      return on_or_off(policy.session_tickets);
    case Directive::stapling:
      return on_or_off(policy.stapling.enabled());
    case Directive::stapling_cache:
      return to_string(policy.stapling.cache);
    case Directive::stapling_options:
      return to_string(policy.stapling.options);
    case Directive::stapling_responder:
      return or_none(policy.stapling.responder);
    case Directive::stapling_timeout:
      return std::to_string(policy.stapling.timeout.count());
    case Directive::timeout_handshake:
      return std::to_string(policy.handshake_timeout.count());
    case Directive::verify_client:
      return std::string(to_string(policy.verify_client));
    case Directive::verify_depth:
      return std::to_string(policy.verify_depth);
    case Directive::verify_order:
      return policy.verify_order;
    case Directive::verify_server:
      return policy.verify_server;
  }
  return {};
}

/// What differs from host to host of a pool, or between two starts, and admits nobody.
bool tells_sessions_apart(Directive directive) {
  constexpr Directive kIndifferent[] = {
      Directive::cache_secret_file,    Directive::log,
      Directive::pass_phrase_provider, Directive::random_seed,
      Directive::session_cache,        Directive::session_ticket_keys,
      Directive::session_tickets,      Directive::stapling,
      Directive::stapling_cache,       Directive::stapling_options,
      Directive::stapling_responder,   Directive::stapling_timeout,
      Directive::timeout_handshake};
  return std::ranges::find(kIndifferent, directive) == std::end(kIndifferent);
}

}  // namespace

std::string describe(const ServerPolicy &policy) {
  std::string text;
  for (const DirectiveSpec &spec : directive_table()) {
    const std::string value = value_text(policy, spec.id);
    if (!value.empty()) text += std::string(spec.name) + ' ' + value + '\n';
  }
  return text;
}

std::string session_identity(const ServerPolicy &policy) {
  std::string text;
  for (const DirectiveSpec &spec : directive_table()) {
    if (!tells_sessions_apart(spec.id)) continue;
    text += std::string(spec.name) + ' ' + value_text(policy, spec.id) + '\n';
  }
  return text;
}

}  // namespace mod_tls::core
