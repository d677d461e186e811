// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/failure_reason.h"

#include <iterator>

namespace mod_tls::core {

namespace {

using R = FailureReason;

constexpr std::string_view kBoth = "421 or 425";
constexpr std::string_view kNeedsTls = "SSL/TLS required on the control channel";
constexpr std::string_view kNeedsProtection = "SSL/TLS required on the data channel";
constexpr std::string_view kUnwilling = "Unwilling to accept security parameters";
constexpr std::string_view kNoLogin = "Login incorrect.";
constexpr std::string_view kNoSuchName = "there is no FTPS server of that name here";

// t/lint/check_failures_documented compares these rows with doc/troubleshooting.md.
constexpr FailureRow kRows[] = {
    {R::no_shared_cipher, "no-shared-cipher", "client does not support any cipher from {ciphers}",
     "update the client, or add one of its ciphers to TLSCipherSuite", kBoth,
     "no cipher in common: the server allows none of those that the client offers"},
    {R::only_weak_ciphers, "only-weak-ciphers",
     "client does not support any cipher from {ciphers}, only weak ones ({offered})",
     "update the client: ciphers of 40 and 56 bits or without authentication are never used", kBoth,
     "no cipher in common: the client offers only weak ones"},
    {R::other_certificate_type, "other-certificate-type",
     "ciphers in common need a certificate of type {needed}, but there is only {configured}",
     "configure a certificate of that type as well: a server can have one of each", kBoth,
     "no cipher in common: the server lacks a certificate of the type that the client supports"},
    {R::no_shared_group, "no-shared-group",
     "client and server have no group (curve) for the key exchange in common",
     "take TLSGroups or TLSECDHCurve out, or add a group of the client's", kBoth,
     "no group for the key exchange in common"},
    {R::no_shared_signature, "no-shared-signature",
     "client does not accept any signature that the server's certificate can make",
     "update the client, or configure a certificate with a key of another type", kBoth,
     "no signature algorithm in common"},
    {R::disabled_version, "disabled-version",
     "perhaps client requested disabled TLS protocol version: {version}",
     "update the client, or name the version in TLSProtocol", kBoth,
     "TLS version {version} is not allowed on this server"},
    {R::version_not_in_library, "version-not-in-library",
     "{library} lacks support for client requested TLS protocol version: {version}",
     "update the client", kBoth, "TLS version {version} is not supported by this server"},
    {R::unsupported_version, "unsupported-version",
     "perhaps client requested unsupported TLS protocol version: {version}",
     "compare the client's settings with TLSProtocol", kBoth, "no TLS version in common"},
    {R::needless_fallback, "needless-fallback",
     "client fell back to {version} although both sides can do better (TLS_FALLBACK_SCSV)",
     "find out what broke its first attempt: a middlebox, or an attacker", kBoth,
     "inappropriate fallback to an older TLS version"},
    {R::other_application, "other-application",
     "client offers by ALPN other protocols than 'ftp', so it means another server",
     "to serve it all the same: 'TLSNextProtocol off'", kBoth,
     "the client asks for another protocol than FTP"},
    {R::plain_http, "plain-http", "client sent an HTTP request instead of starting TLS",
     "point browsers and health checks elsewhere: this is an FTPS server", kBoth,
     "HTTP request sent to an FTPS server"},
    {R::plain_text, "plain-text", "perhaps client sent plain text instead of starting TLS",
     "the client has to begin TLS right after the 234 (with UseImplicitSSL: after connecting)",
     kBoth, "what came is not TLS"},
    {R::implicit_to_explicit, "implicit-to-explicit",
     "client began with TLS where FTP commands are expected: implicit FTPS (ftps://) on a port for "
     "explicit FTPS",
     "let the client use explicit FTPS (ftpes://, AUTH TLS), or give implicit FTPS a port of its "
     "own with 'TLSOptions UseImplicitSSL'",
     "500", "(the 220 of the server, which such clients do not understand)"},
    {R::issuer_not_trusted, "issuer-not-trusted",
     "perhaps client does not trust the server's certificate: it does not know the issuer",
     "send the whole chain (TLSCertificateChainFile), or make the client trust the issuer", kBoth,
     "the client does not know the issuer of the server's certificate"},
    {R::certificate_expired, "certificate-expired",
     "perhaps client does not trust the server's certificate: to the client it has expired",
     "renew the certificate, and compare the clocks", kBoth,
     "the client holds the server's certificate for expired"},
    {R::certificate_revoked, "certificate-revoked",
     "perhaps client does not trust the server's certificate: to the client it is revoked",
     "replace the certificate", kBoth, "the client holds the server's certificate for revoked"},
    {R::certificate_rejected, "certificate-rejected",
     "perhaps client does not trust the server's certificate",
     "the client's own message says what it objects to: issuer, name, purpose, or key", kBoth,
     "the client does not accept the server's certificate"},
    {R::no_client_certificate, "no-client-certificate",
     "client did not provide certificate, but one is required via 'TLSVerifyClient on'",
     "give the client a certificate, or use 'TLSVerifyClient optional'", kBoth,
     "a client certificate is required"},
    {R::client_certificate_refused, "client-certificate-refused",
     "client certificate is not accepted: {detail}",
     "its issuer has to be in TLSCACertificateFile or TLSCACertificatePath, and it must be valid",
     kBoth, "the client's certificate is not accepted"},
    {R::different_keys, "different-keys",
     "client and server came to different keys: bytes were changed on the way, or a pre-shared key "
     "differs",
     "compare TLSPreSharedKey with the client's; without one, look at what is in between", kBoth,
     "the two sides came to different keys"},
    {R::client_gave_up, "client-gave-up",
     "client found nothing acceptable in what the server offers",
     "the client's own message says more: its ciphers, groups, or rules for certificates", kBoth,
     "the client refused what the server offers"},
    {R::client_closed, "client-closed", "TLS connection closed",
     "the client's own message says why it gave up", kBoth,
     "the client closed the connection during the handshake"},
    {R::early_end, "early-end",
     "usually this indicates an FTP-aware router, NAT, or firewall interfering with the TLS "
     "handshake",
     "turn its FTP inspection (ALG) off for this port; port scans and health checks look the same",
     kBoth, "the connection ended during the handshake"},
    {R::connection_lost, "connection-lost", "the connection broke off during the handshake",
     "see what is in between, and the client's own message: clients that reject a certificate may "
     "leave like this",
     kBoth, "the connection broke off during the handshake"},
    {R::timed_out, "timed-out", "TLS negotiation timed out ({seconds} seconds)",
     "something on the way swallows packets, or the client waits for its user; the limit is "
     "TLSTimeoutHandshake",
     kBoth, "TLS negotiation timed out"},
    {R::interrupted, "interrupted", "TLS negotiation given up",
     "the transfer was aborted or the session ended meanwhile: nothing to be done", kBoth,
     "TLS negotiation given up"},
    {R::other_failure, "other-failure", "TLS negotiation failed for the reason that OpenSSL names",
     "look at it with `openssl s_client -starttls ftp`, and with 'TLSOptions EnableDiags'", kBoth,
     "TLS negotiation failed"},
    {R::other_server, "other-server", "the server at the other end did not complete the handshake",
     "look into its log; TLSVerifyServer says what is asked of it", "425",
     "TLS negotiation with the other server failed"},
    {R::session_not_reused, "session-not-reused",
     "client did not reuse TLS session, rejecting data connection (see the NoSessionReuseRequired "
     "TLSOptions parameter)",
     "update the client, or set 'TLSOptions NoSessionReuseRequired'", "425",
     "client did not reuse TLS session, rejecting data connection (see the NoSessionReuseRequired "
     "TLSOptions parameter)"},
    {R::other_session_reused, "other-session-reused",
     "client did not reuse TLS session from control channel, rejecting data connection (see the "
     "NoSessionReuseRequired TLSOptions parameter)",
     "update the client, or set 'TLSOptions NoSessionReuseRequired'", "425",
     "client did not reuse TLS session from control channel, rejecting data connection (see the "
     "NoSessionReuseRequired TLSOptions parameter)"},
    {R::other_client_certificate, "other-client-certificate",
     "unable to open data connection: control/data certificate mismatch",
     "let the client present the same certificate on both connections, or on neither", "425",
     "client certificates of control and data connection differ"},
    {R::other_server_unverified, "other-server-unverified",
     "unable to verify '{server}' server certificate: {fault}",
     "name its CA in TLSCACertificateFile and its names in its certificate, or relax "
     "TLSVerifyServer",
     "425", "unable to verify '{server}' server certificate: {fault}"},
    {R::upload_cut_short, "upload-cut-short",
     "client ended the data connection without close_notify",
     "update the client, or take RequireCloseNotify out of TLSOptions", "426",
     "client ended the data connection without close_notify, so the upload may be cut short"},
    {R::login_in_clear, "login-in-clear",
     "SSL/TLS required but absent for authentication, denying {command} command",
     "set the client to explicit FTPS (ftpes://, AUTH TLS)", "550", kNeedsTls},
    {R::command_in_clear, "command-in-clear",
     "SSL/TLS required but absent on control channel, denying {command} command",
     "set the client to explicit FTPS (ftpes://, AUTH TLS)", "550", kNeedsTls},
    {R::data_in_clear, "data-in-clear",
     "SSL/TLS required but absent on data channel, denying {command} command",
     "let the client protect data (PROT P), or relax TLSRequired", "522", kNeedsProtection},
    {R::directory_data_in_clear, "directory-data-in-clear",
     "{command} command denied by TLSRequired in directory '{directory}'",
     "let the client protect data (PROT P), or relax the TLSRequired of that section", "522",
     kNeedsProtection},
    {R::no_server_certificate, "no-server-certificate",
     "Unable to accept AUTH {args} due to lack of certificates",
     "give this very server (main or virtual host) a certificate, or put it into <Global>", "431",
     "Necessary security resource unavailable"},
    {R::second_auth, "second-auth", "Unwilling to accept AUTH after AUTH for this session",
     "the connection is protected already; the client need not ask again", "503",
     "Unwilling to accept second AUTH"},
    {R::auth_after_ccc, "auth-after-ccc", "Unwilling to accept AUTH after CCC for this session",
     "let the client connect anew", "534", kUnwilling},
    {R::auth_after_login, "auth-after-login",
     "Unwilling to accept AUTH after USER/PASS authentication for this session unless AllowPerUser "
     "TLSOption is used",
     "let the client send AUTH before USER, or set 'TLSOptions AllowPerUser'", "534", kUnwilling},
    {R::auth_during_transfer, "auth-during-transfer",
     "AUTH not allowed while a data transfer is in progress",
     "let the client wait for the end of the transfer", "503",
     "AUTH not allowed during a transfer"},
    {R::ccc_refused, "ccc-refused",
     "CCC: unwilling to accept security parameters: TLSRequired setting does not allow for "
     "unprotected control channel",
     "keep the client from sending CCC, or set TLSRequired to 'auth+data'", "534", kUnwilling},
    {R::ccc_during_transfer, "ccc-during-transfer",
     "CCC not allowed while a data transfer is in progress",
     "let the client wait for the end of the transfer", "503", "CCC not allowed during a transfer"},
    {R::clear_data_refused, "clear-data-refused",
     "PROT: TLSRequired requires protection for data transfers",
     "let the client send PROT P, or relax TLSRequired", "534", kUnwilling},
    {R::private_data_refused, "private-data-refused",
     "PROT: TLSRequired does not allow protection for data transfers",
     "let the client send PROT C, or take '!data' out of TLSRequired", "534", kUnwilling},
    {R::auth_without_mechanism, "auth-without-mechanism", "AUTH without a mechanism",
     "the client has to say AUTH TLS", "504", "AUTH requires at least one argument"},
    {R::unknown_mechanism, "unknown-mechanism", "AUTH {arg} unsupported, declining",
     "let the client say AUTH TLS", "504", "AUTH {arg} unsupported, use one of: {mechanisms}"},
    {R::prot_during_transfer, "prot-during-transfer",
     "PROT not allowed while a data transfer is in progress",
     "let the client wait for the end of the transfer", "503",
     "PROT not allowed during a transfer"},
    {R::prot_in_clear, "prot-in-clear", "PROT not allowed on insecure control connection",
     "let the client send AUTH TLS first", "503",
     "PROT not allowed on insecure control connection"},
    {R::prot_denied, "prot-denied", "PROT: denied by <Limit> configuration",
     "change the <Limit PROT> section", "534", kUnwilling},
    {R::prot_level_unsupported, "prot-level-unsupported",
     "PROT {arg} is a level that TLS does not have",
     "let the client send PROT P, or PROT C for clear data connections", "536",
     "PROT {arg} unsupported"},
    {R::prot_level_unknown, "prot-level-unknown", "PROT {arg} is no protection level",
     "let the client send PROT P or PROT C, in capital letters", "504", "PROT {arg} unsupported"},
    {R::pbsz_in_clear, "pbsz-in-clear", "PBSZ not allowed on insecure control connection",
     "nothing: after CCC there is no buffer size to agree on", "503",
     "PBSZ not allowed on insecure control connection"},
    {R::wrong_parameters, "wrong-parameters", "PBSZ and PROT take one parameter, not {count}",
     "mend the client: PBSZ 0, PROT P", "501", "Invalid number of parameters"},
    {R::ccc_in_clear, "ccc-in-clear", "CCC not allowed on insecure control connection",
     "nothing: the control connection is in the clear already", "533",
     "CCC not allowed on insecure control connection"},
    {R::ccc_denied, "ccc-denied", "CCC: unwilling to accept security parameters",
     "change the <Limit CCC> section", "534", kUnwilling},
    {R::sscn_malformed, "sscn-malformed", "denying malformed SSCN command: 'SSCN {args}'",
     "mend the client: SSCN, SSCN ON or SSCN OFF", "504", "SSCN: Invalid argument"},
    {R::sscn_unsupported, "sscn-unsupported", "denying unsupported SSCN command: 'SSCN {arg}'",
     "mend the client: SSCN ON or SSCN OFF, in capital letters", "501", "SSCN: Invalid argument"},
    {R::sscn_denied, "sscn-denied", "SSCN denied by <Limit> configuration",
     "change the <Limit SSCN> section", "550", "SSCN: Operation not permitted"},
    {R::login_unprotected, "login-unprotected",
     "SSL/TLS required but absent on control channel, disconnecting",
     "set the client to explicit FTPS (ftpes://, AUTH TLS), or relax the TLSRequired of this user, "
     "class or <Anonymous> section",
     "530", kNoLogin},
    {R::protocol_denied, "protocol-denied", "{protocol} protocol denied by Protocols config",
     "let the client use one of the protocols that Protocols names, or add this one", "530",
     kNoLogin},
    {R::name_contradicts_host, "name-contradicts-host",
     "warning: SNI '{sni}' does not match HOST '{host}', rejecting SSL/TLS connection",
     "let the client send the same name in both, or set 'TLSOptions IgnoreSNI'", "421",
     "the server name in the TLS handshake is not the one that HOST has named"},
    {R::name_unknown, "name-unknown",
     "no matching server found for client-sent SNI '{sni}', rejecting SSL/TLS connection",
     "give a server this ServerAlias, or set 'TLSOptions IgnoreSNI'", "421", kNoSuchName},
    {R::name_without_tls, "name-without-tls",
     "TLSEngine not enabled for SNI '{sni}', rejecting client",
     "set 'TLSEngine on' in that virtual host", "421", kNoSuchName},
    {R::name_unusable, "name-unusable", "error initializing OpenSSL session for SNI '{sni}'",
     "the messages of the start say what is wrong with the settings of that virtual host", "421",
     "the server of that name cannot be reached now"},
    {R::name_of_other_version, "name-of-other-version",
     "client-requested protocol version {version} not supported by SNI '{sni}' host",
     "update the client, or name the version in the TLSProtocol of that virtual host", "421",
     "TLS version {version} is not allowed on the server of that name"},
    {R::name_after_login, "name-after-login",
     "SNI '{sni}' names another server than the one this session is logged in to, rejecting "
     "SSL/TLS "
     "connection",
     "let the client send AUTH before USER, or HOST before both", "421",
     "the session is logged in to another server than the TLS handshake names"},
    {R::client_renegotiates, "client-renegotiates",
     "warning: client-initiated session renegotiation detected, aborting connection",
     "update the client, or set 'TLSOptions AllowClientRenegotiations'", "426",
     "renegotiation of TLS by the client is not allowed"},
    {R::too_many_key_changes, "too-many-key-changes",
     "warning: client asks for new keys too often, aborting connection",
     "no client needs it: this is an attack, or a faulty program", "426",
     "the client asks for new TLS keys too often"},
    {R::new_keys_refused, "new-keys-refused",
     "requested TLS renegotiation timed out on {channel} channel",
     "update the client, or set 'TLSRenegotiate required off'", "426",
     "the client did not renegotiate TLS in time"},
    {R::session_unusable, "session-unusable",
     "error: the settings of this session cannot be used: {fault}",
     "mend what the line names; servers are checked at the start, sections of classes are not",
     "421", "the settings of this server cannot be used"},
    {R::other_server_without_certificate, "other-server-without-certificate",
     "unable to verify '{server}': server did not provide certificate",
     "let the other server use a cipher with a certificate, or set 'TLSVerifyServer off'", "425",
     "the other server did not provide a certificate"},
};

}  // namespace

std::span<const FailureRow> failure_table() {
  return kRows;
}

const FailureRow &failure_row(FailureReason reason) {
  return kRows[static_cast<std::size_t>(reason)];
}

std::string failure_cause(FailureReason reason, TextFields fields) {
  return fill_in(failure_row(reason).cause, fields);
}

std::string failure_line(FailureReason reason, TextFields fields) {
  return failure_cause(reason, fields) + "; " + std::string(failure_row(reason).remedy);
}

std::string failure_reply(FailureReason reason, TextFields fields) {
  return fill_in(failure_row(reason).told, fields);
}

}  // namespace mod_tls::core
