// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/directive_table.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

using D = Directive;
using C = FileCheck;

constexpr std::uint8_t kEverywhere = kServers | kAnonymous | kDirectory | kFtpaccess;
constexpr Merge kPlain = Merge::plain;

// Long rows read best as a table.
// clang-format off
constexpr DirectiveSpec kTable[] = {
    {D::ca_certificate_file, "TLSCACertificateFile", kServers, kPlain, C::ca_file,
     parse_path_words, "TLSCACertificateFile /path/to/file"},
    {D::ca_certificate_path, "TLSCACertificatePath", kServers, kPlain, C::ca_path,
     parse_path_words, "TLSCACertificatePath /path/to/directory"},
    {D::cache_secret_file, "TLSCacheSecretFile", kServer, kPlain, C::secret_file,
     parse_path_words, "TLSCacheSecretFile /path/to/file"},
    {D::ca_revocation_file, "TLSCARevocationFile", kServers, kPlain, C::crl_file,
     parse_path_words, "TLSCARevocationFile /path/to/file"},
    {D::ca_revocation_path, "TLSCARevocationPath", kServers, kPlain, C::crl_path,
     parse_path_words, "TLSCARevocationPath /path/to/directory"},
    {D::certificate_chain_file, "TLSCertificateChainFile", kServers, kPlain, C::certificate_chain,
     parse_path_words, "TLSCertificateChainFile /path/to/file"},
    {D::certificate_file, "TLSCertificateFile", kServers, Merge::multi, C::certificate,
     parse_path_words, "TLSCertificateFile /path/to/file"},
    {D::certificate_key_file, "TLSCertificateKeyFile", kServers, Merge::multi, C::private_key,
     parse_key_words, "TLSCertificateKeyFile /path/to/file"},
    {D::cipher_suite, "TLSCipherSuite", kServers, Merge::multi, C::cipher_list,
     parse_cipher_words, "TLSCipherSuite [TLSv1.3|TLSv1.2|TLSv1.1|TLSv1.0] list"},
    {D::controls_acls, "TLSControlsACLs", kServer, kPlain, C::none,
     parse_controls_words, "TLSControlsACLs all|action[,action...] allow|deny user|group list"},
    {D::crypto_device, "TLSCryptoDevice", kServers, kPlain, C::none,
     parse_device_words, "TLSCryptoDevice ALL|none|provider"},
    {D::dh_param_file, "TLSDHParamFile", kServers, Merge::multi, C::dh_groups,
     parse_path_words, "TLSDHParamFile /path/to/file"},
    {D::dsa_certificate_file, "TLSDSACertificateFile", kServers, kPlain, C::dsa_certificate,
     parse_path_words, "TLSDSACertificateFile /path/to/file"},
    {D::dsa_certificate_key_file, "TLSDSACertificateKeyFile", kServers, kPlain, C::private_key,
     parse_key_words, "TLSDSACertificateKeyFile /path/to/file"},
    {D::ec_certificate_file, "TLSECCertificateFile", kServers, kPlain, C::ec_certificate,
     parse_path_words, "TLSECCertificateFile /path/to/file"},
    {D::ec_certificate_key_file, "TLSECCertificateKeyFile", kServers, kPlain, C::private_key,
     parse_key_words, "TLSECCertificateKeyFile /path/to/file"},
    {D::ecdh_curve, "TLSECDHCurve", kServers, kPlain, C::group_list,
     parse_curve_words, "TLSECDHCurve auto|name[:name...]"},
    {D::engine, "TLSEngine", kServers, kPlain, C::none,
     parse_boolean_words, "TLSEngine on|off"},
    {D::groups, "TLSGroups", kServers, kPlain, C::group_list,
     parse_group_words, "TLSGroups auto|name[:name...] ..."},
    {D::log, "TLSLog", kServers, kPlain, C::none,
     parse_log_words, "TLSLog /path/to/file|none"},
    {D::masquerade_address, "TLSMasqueradeAddress", kServer | kVirtualHost, kPlain, C::none,
     parse_address_words, "TLSMasqueradeAddress address|name|device"},
    {D::next_protocol, "TLSNextProtocol", kServers, kPlain, C::none,
     parse_boolean_words, "TLSNextProtocol on|off"},
    {D::options, "TLSOptions", kServers, Merge::multi, C::none,
     parse_option_words, "TLSOptions option ..."},
    {D::pass_phrase_provider, "TLSPassPhraseProvider", kServer, kPlain, C::program,
     parse_program_words, "TLSPassPhraseProvider /path/to/program"},
    {D::pkcs12_file, "TLSPKCS12File", kServers, kPlain, C::pkcs12,
     parse_path_words, "TLSPKCS12File /path/to/file"},
    {D::pre_shared_key, "TLSPreSharedKey", kServers, Merge::multi, C::none,
     parse_psk_words, "TLSPreSharedKey identity hex:/path/to/file"},
    {D::protocol, "TLSProtocol", kServers, kPlain, C::none,
     parse_protocol_words, "TLSProtocol protocol ... | ALL [+|-]protocol ..."},
    {D::random_seed, "TLSRandomSeed", kServers, kPlain, C::none,
     parse_seed_words, "TLSRandomSeed /path/to/file"},
    {D::renegotiate, "TLSRenegotiate", kServers, kPlain, C::none,
     parse_renegotiate_words,
     "TLSRenegotiate none | [ctrl seconds] [data kilobytes] [timeout seconds] [required on|off]"},
    {D::required, "TLSRequired", kEverywhere, Merge::descend, C::none,
     parse_required_words, "TLSRequired on|off|ctrl|[!]data|ctrl+[!]data|auth|auth+[!]data"},
    {D::rsa_certificate_file, "TLSRSACertificateFile", kServers, kPlain, C::rsa_certificate,
     parse_path_words, "TLSRSACertificateFile /path/to/file"},
    {D::rsa_certificate_key_file, "TLSRSACertificateKeyFile", kServers, kPlain, C::private_key,
     parse_key_words, "TLSRSACertificateKeyFile /path/to/file"},
    {D::server_cipher_preference, "TLSServerCipherPreference", kServers, kPlain, C::none,
     parse_boolean_words, "TLSServerCipherPreference on|off"},
    {D::server_info_file, "TLSServerInfoFile", kServers, kPlain, C::none,
     parse_path_words, "TLSServerInfoFile /path/to/file"},
    {D::session_cache, "TLSSessionCache", kServer, kPlain, C::none,
     parse_session_cache_words, "TLSSessionCache off|internal:|provider:info [seconds]"},
    {D::session_ticket_keys, "TLSSessionTicketKeys", kServer, kPlain, C::ticket_secret,
     parse_ticket_key_words,
     "TLSSessionTicketKeys [age duration] [count number] [file /path/to/file]"},
    {D::session_tickets, "TLSSessionTickets", kServers, kPlain, C::none,
     parse_boolean_words, "TLSSessionTickets on|off"},
    {D::stapling, "TLSStapling", kServers, kPlain, C::none,
     parse_boolean_words, "TLSStapling on|off"},
    {D::stapling_cache, "TLSStaplingCache", kServer, kPlain, C::none,
     parse_stapling_cache_words, "TLSStaplingCache off|provider:info"},
    {D::stapling_options, "TLSStaplingOptions", kServers, Merge::multi, C::none,
     parse_stapling_option_words, "TLSStaplingOptions option ..."},
    {D::stapling_responder, "TLSStaplingResponder", kServers, kPlain, C::none,
     parse_responder_words, "TLSStaplingResponder http://host[:port][/path]"},
    {D::stapling_timeout, "TLSStaplingTimeout", kServers, kPlain, C::none,
     parse_timeout_words, "TLSStaplingTimeout duration"},
    {D::timeout_handshake, "TLSTimeoutHandshake", kServers, kPlain, C::none,
     parse_timeout_words, "TLSTimeoutHandshake duration"},
    {D::user_name, "TLSUserName", kServers, kPlain, C::none,
     parse_user_name_words, "TLSUserName CommonName|EmailSubjAltName|OID"},
    {D::verify_client, "TLSVerifyClient", kServers, kPlain, C::none,
     parse_verify_client_words, "TLSVerifyClient on|off|optional"},
    {D::verify_depth, "TLSVerifyDepth", kServers, kPlain, C::none,
     parse_verify_depth_words, "TLSVerifyDepth number"},
    {D::verify_ocsp, "TLSVerifyOCSP", kServers, kPlain, C::none,
     parse_verify_ocsp_words, "TLSVerifyOCSP hard|soft|strict [timeout duration]"},
    {D::verify_order, "TLSVerifyOrder", kServers, kPlain, C::none,
     parse_verify_order_words, "TLSVerifyOrder crl|ocsp [crl|ocsp]"},
    {D::verify_server, "TLSVerifyServer", kServers, kPlain, C::none,
     parse_verify_server_words, "TLSVerifyServer on|off|NoReverseDNS"},
};
// clang-format on

constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(kTable); i++) {
    if (static_cast<std::size_t>(kTable[i].id) != i) return false;
  }
  return true;
}
static_assert(in_order(), "spec_of() takes the directive for the index of its row");
static_assert(std::size(kTable) == static_cast<std::size_t>(D::verify_server) + 1);

}  // namespace

std::span<const DirectiveSpec> directive_table() {
  return kTable;
}

const DirectiveSpec *find_directive(std::string_view name) {
  const auto *row = std::find_if(std::begin(kTable), std::end(kTable), [&](const auto &spec) {
    return equal_ignoring_case(spec.name, name);
  });
  return row == std::end(kTable) ? nullptr : row;
}

const DirectiveSpec &spec_of(Directive id) {
  return kTable[static_cast<std::size_t>(id)];
}

}  // namespace mod_tls::core
