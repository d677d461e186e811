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

/// How a directive's value is shown; TLSControlsACLs, which no policy holds, has no row.
struct Shower {
  Directive directive;
  std::string (*show)(const ServerPolicy &policy);
};

using D = Directive;
using P = const ServerPolicy &;

constexpr Shower kShowers[] = {
    {D::ca_certificate_file, [](P p) { return or_none(p.ca_file); }},
    {D::ca_certificate_path, [](P p) { return or_none(p.ca_path); }},
    {D::ca_revocation_file, [](P p) { return or_none(p.crl_file); }},
    {D::ca_revocation_path, [](P p) { return or_none(p.crl_path); }},
    {D::cache_secret_file, [](P p) { return or_none(p.cache_secret_file); }},
    {D::certificate_chain_file, [](P p) { return or_none(p.chain_file); }},
    {D::certificate_file, [](P p) { return all_of(p.any_type, &CredentialFiles::certificate); }},
    {D::certificate_key_file, [](P p) { return all_of(p.any_type, &CredentialFiles::key); }},
    {D::cipher_suite, [](P p) { return cipher_text(p.ciphers); }},
    {D::crypto_device, [](P p) { return or_none(p.crypto_device); }},
    {D::dh_param_file, [](P p) { return all_of(p.dh_files); }},
    {D::dsa_certificate_file, [](P p) { return or_none(p.dsa.certificate); }},
    {D::dsa_certificate_key_file, [](P p) { return or_none(without_pin(p.dsa.key)); }},
    {D::ec_certificate_file, [](P p) { return or_none(p.ec.certificate); }},
    {D::ec_certificate_key_file, [](P p) { return or_none(without_pin(p.ec.key)); }},
    {D::ecdh_curve, [](P p) { return groups_text(p.ecdh_curve); }},
    {D::engine, [](P p) { return on_or_off(p.engine); }},
    {D::groups, [](P p) { return groups_text(p.groups); }},
    {D::log, [](P p) { return or_none(p.log_file); }},
    {D::masquerade_address, [](P p) { return or_none(p.masquerade_address); }},
    {D::next_protocol, [](P p) { return on_or_off(p.alpn); }},
    {D::options, [](P p) { return to_string(p.options); }},
    {D::pass_phrase_provider, [](P p) { return or_none(p.pass_phrase_provider); }},
    {D::pkcs12_file, [](P p) { return or_none(p.pkcs12_file); }},
    {D::pre_shared_key, [](P p) { return all_of(p.pre_shared_keys); }},
    {D::protocol, [](P p) { return to_string(p.protocols); }},
    {D::random_seed, [](P p) { return or_none(p.random_seed); }},
    {D::renegotiate, [](P p) { return to_string(p.renegotiate); }},
    {D::required, [](P p) { return std::string(to_string(p.required)); }},
    {D::rsa_certificate_file, [](P p) { return or_none(p.rsa.certificate); }},
    {D::rsa_certificate_key_file, [](P p) { return or_none(without_pin(p.rsa.key)); }},
    {D::server_cipher_preference, [](P p) { return on_or_off(p.server_chooses_cipher); }},
    {D::server_info_file, [](P p) { return or_none(p.server_info_file); }},
    {D::session_cache, [](P p) { return to_string(p.session_cache); }},
    {D::session_ticket_keys, [](P p) { return to_string(p.ticket_keys); }},
    {D::session_tickets, [](P p) { return on_or_off(p.session_tickets); }},
    {D::stapling, [](P p) { return on_or_off(p.stapling.enabled()); }},
    {D::stapling_cache, [](P p) { return to_string(p.stapling.cache); }},
    {D::stapling_options, [](P p) { return to_string(p.stapling.options); }},
    {D::stapling_responder, [](P p) { return or_none(p.stapling.responder); }},
    {D::stapling_timeout, [](P p) { return std::to_string(p.stapling.timeout.count()); }},
    {D::timeout_handshake, [](P p) { return std::to_string(p.handshake_timeout.count()); }},
    {D::user_name, [](P p) { return to_string(p.user_name); }},
    {D::verify_client, [](P p) { return std::string(to_string(p.verify_client)); }},
    {D::verify_depth, [](P p) { return std::to_string(p.verify_depth); }},
    {D::verify_ocsp, [](P p) { return to_string(p.verify_ocsp); }},
    {D::verify_order, [](P p) { return p.verify_order; }},
    {D::verify_server, [](P p) { return p.verify_server; }},
};

std::string value_text(const ServerPolicy &policy, Directive directive) {
  const auto *shower = std::ranges::find(kShowers, directive, &Shower::directive);
  return shower == std::end(kShowers) ? std::string() : shower->show(policy);
}

/// What differs from host to host of a pool, or between two starts, and admits nobody.
bool tells_sessions_apart(Directive directive) {
  constexpr Directive kIndifferent[] = {Directive::cache_secret_file,
                                        Directive::crypto_device,
                                        Directive::log,
                                        Directive::masquerade_address,
                                        Directive::pass_phrase_provider,
                                        Directive::random_seed,
                                        Directive::renegotiate,
                                        Directive::server_info_file,
                                        Directive::session_cache,
                                        Directive::session_ticket_keys,
                                        Directive::session_tickets,
                                        Directive::stapling,
                                        Directive::stapling_cache,
                                        Directive::stapling_options,
                                        Directive::stapling_responder,
                                        Directive::stapling_timeout,
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
