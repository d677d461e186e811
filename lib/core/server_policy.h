// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/cipher_spec.h"
#include "core/credential_files.h"
#include "core/protocol_set.h"
#include "core/psk_key.h"
#include "core/renegotiate_policy.h"
#include "core/required_policy.h"
#include "core/stapling_policy.h"
#include "core/ticket_key_policy.h"
#include "core/tls_options.h"
#include "core/user_name.h"
#include "core/verify_policy.h"

namespace mod_tls::core {

/// Where sessions are kept for resumption (TLSSessionCache).
struct SessionCachePolicy {
  enum class Kind { off, internal, external };
  Kind kind = Kind::internal;
  std::chrono::seconds timeout{15840};  ///< Lifetime of a session and hint of its tickets.
  std::string provider = {};            ///< Of an external cache: the name before the colon.
  std::string info = {};                ///< Of an external cache: what follows the colon.

  friend bool operator==(const SessionCachePolicy &, const SessionCachePolicy &) = default;
};

/// ServerPolicy is everything the TLS* directives say about one server after merging. It is
/// built once per configuration and never changed afterwards.
struct ServerPolicy {
  bool engine = false;
  std::string log_file = {};  ///< TLSLog; empty means none.
  ProtocolSet protocols = kDefaultProtocols;
  CipherSpec ciphers = {};
  std::string crypto_device = {};       ///< TLSCryptoDevice: a provider, "ALL", or none.
  std::string masquerade_address = {};  ///< As written; the host announces it.
  bool server_chooses_cipher = true;    ///< TLSServerCipherPreference.
  bool alpn = true;                     ///< TLSNextProtocol: "ftp" or no session (RFC 7301).
  std::string groups = {};      ///< TLSGroups, joined by ':'; empty means the library's own.
  std::string ecdh_curve = {};  ///< The same of TLSECDHCurve; TLSGroups goes before it.
  std::vector<std::string> dh_files = {};  ///< Every TLSDHParamFile.
  std::string server_info_file = {};
  std::string random_seed = {};               ///< Accepted, and without effect.
  std::vector<PskFile> pre_shared_keys = {};  ///< Every TLSPreSharedKey, own ones first.
  RenegotiatePolicy renegotiate = {};
  VerifyClient verify_client = VerifyClient::off;
  std::uint32_t verify_depth = 9;
  OcspPolicy verify_ocsp = {};
  std::string verify_order = "crl";
  std::string verify_server = "on";
  UserNameField user_name = {};  ///< TLSUserName.
  CredentialFiles rsa = {};
  CredentialFiles ec = {};
  CredentialFiles dsa = {};
  std::vector<CredentialFiles> any_type = {};  ///< Every TLSCertificateFile with its key.
  std::string pkcs12_file = {};
  std::string pass_phrase_provider = {};  ///< A program; empty means a person at a terminal.
  std::string chain_file = {};
  std::string ca_file = {};
  std::string ca_path = {};
  std::string crl_file = {};           ///< TLSCARevocationFile.
  std::string crl_path = {};           ///< TLSCARevocationPath.
  std::string cache_secret_file = {};  ///< The modules of session caches read it.
  RequiredPolicy required = {};
  OptionSet options = {};
  std::chrono::seconds handshake_timeout{300};  ///< 0 means no limit.
  SessionCachePolicy session_cache = {};
  StaplingPolicy stapling = {};
  bool session_tickets = false;  ///< TLSSessionTickets: for TLS 1.2 and older.
  TicketKeyPolicy ticket_keys = {};

  /// The groups that key exchanges may use.
  [[nodiscard]] const std::string &groups_in_force() const {
    return groups.empty() ? ecdh_curve : groups;
  }
  [[nodiscard]] bool has_credentials() const {
    return rsa.configured() || ec.configured() || dsa.configured() || !any_type.empty() ||
           !pkcs12_file.empty();
  }
  /// Whether a data connection must resume a session of its control connection.
  [[nodiscard]] bool reuse_required() const {
    return session_cache.kind != SessionCachePolicy::Kind::off &&
           !options.has(Option::no_session_reuse_required);
  }

  [[nodiscard]] bool verifies_clients() const { return verify_client != VerifyClient::off; }
  /// Whether the CAs of clients' certificates are asked about them.
  [[nodiscard]] bool checks_ocsp() const {
    return verifies_clients() && verify_order.find("ocsp") != std::string::npos;
  }
  /// Whether a certificate can stand for a password.
  [[nodiscard]] bool lets_certificates_log_in() const {
    return options.has(Option::allow_dot_login) || user_name.kind != UserNameField::Kind::none;
  }
  /// Whether certificates must be proved by a CRL of each CA not to be revoked.
  [[nodiscard]] bool checks_crls() const { return !crl_file.empty() || !crl_path.empty(); }

  friend bool operator==(const ServerPolicy &, const ServerPolicy &) = default;
};

/// The credentials of a policy, in the order in which they are loaded: where two have a key of the
/// same type, the later one is served.
[[nodiscard]] std::vector<ConfiguredCredential> configured_credentials(const ServerPolicy &policy);

/// What the policy says about verifying clients.
[[nodiscard]] inline VerifyRules verify_rules(const ServerPolicy &policy) {
  return {.client = policy.verify_client,
          .depth = policy.verify_depth,
          .ocsp = policy.checks_ocsp(),
          .ocsp_policy = policy.verify_ocsp};
}

}  // namespace mod_tls::core
