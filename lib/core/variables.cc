// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/variables.h"

#include <algorithm>

namespace mod_tls::core {

namespace {

using Variables = std::vector<Variable>;

constexpr int kExportBits = 56;

// TLS_LIBRARY_VERSIONS is what ProFTPD 1.3.8 called the one before.
constexpr std::string_view kNotes[] = {"FTPS",
                                       "TLS_PROTOCOL",
                                       "TLS_CIPHER",
                                       "TLS_SERVER_NAME",
                                       "TLS_GROUP",
                                       "TLS_SESSION_RESUMED",
                                       "TLS_LIBRARY_VERSION",
                                       "TLS_LIBRARY_VERSIONS",
                                       "TLS_CLIENT_S_DN_CN",
                                       "TLS_CLIENT_A_KEY",
                                       "TLS_CLIENT_A_SIG"};

void add(Variables &list, std::string name, std::string value) {
  if (!value.empty()) list.push_back({std::move(name), std::move(value)});
}

std::string resumed_word(const SessionFacts &facts) {
  return facts.resumed ? "Resumed" : "Initial";
}

void add_session(Variables &list, const SessionFacts &facts) {
  add(list, "FTPS", "1");
  add(list, "TLS_PROTOCOL", facts.protocol);
  add(list, "TLS_SESSION_ID", facts.session_id);
  add(list, "TLS_CIPHER", facts.cipher);
  if (facts.bits_used < kExportBits) add(list, "TLS_CIPHER_EXPORT", "1");
  add(list, "TLS_CIPHER_KEYSIZE_POSSIBLE", std::to_string(facts.bits_possible));
  add(list, "TLS_CIPHER_KEYSIZE_USED", std::to_string(facts.bits_used));
  add(list, "TLS_GROUP", facts.group);
  add(list, "TLS_SESSION_RESUMED", resumed_word(facts));
  add(list, "TLS_SERVER_NAME", facts.server_name);
  add(list, "TLS_LIBRARY_VERSION", facts.library);
  add(list, "TLS_LIBRARY_VERSIONS", facts.library);
}

void add_name(Variables &list, const std::string &start, const std::string &whole,
              const Variables &parts) {
  add(list, start, whole);
  for (const Variable &part : parts) add(list, start + "_" + part.name, part.value);
}

void add_certificate(Variables &list, const std::string &start, const CertificateFacts &facts) {
  add(list, start + "M_VERSION", std::to_string(facts.version));
  add(list, start + "M_SERIAL", facts.serial);
  add_name(list, start + "S_DN", facts.subject, facts.subject_parts);
  add_name(list, start + "I_DN", facts.issuer, facts.issuer_parts);
  add(list, start + "V_START", facts.begins);
  add(list, start + "V_END", facts.ends);
  add(list, start + "A_SIG", facts.signature_algorithm);
  add(list, start + "A_KEY", facts.key_algorithm);
}

void add_pem(Variables &list, const SessionFacts &facts) {
  if (facts.client) add(list, "TLS_CLIENT_CERT", facts.client->pem);
  if (facts.server) add(list, "TLS_SERVER_CERT", facts.server->pem);
  for (std::size_t i = 0; i < facts.client_chain.size(); i++) {
    add(list, "TLS_CLIENT_CERT_CHAIN" + std::to_string(i + 1), facts.client_chain[i]);
  }
}

std::string part_of(const Variables &parts, std::string_view name) {
  const auto found = std::ranges::find(parts, name, &Variable::name);
  return found == parts.end() ? std::string{} : found->value;
}

}  // namespace

Variables environment_of(const SessionFacts &facts, ExportChoice choice) {
  Variables list;
  if (choice.standard) {
    add_session(list, facts);
    if (facts.client) add_certificate(list, "TLS_CLIENT_", *facts.client);
    if (facts.server) add_certificate(list, "TLS_SERVER_", *facts.server);
  }
  if (choice.certificates) add_pem(list, facts);
  return list;
}

Variables notes_of(const SessionFacts &facts) {
  Variables list;
  add(list, "FTPS", "1");
  add(list, "TLS_PROTOCOL", facts.protocol);
  add(list, "TLS_CIPHER", facts.cipher);
  add(list, "TLS_SERVER_NAME", facts.server_name);
  add(list, "TLS_GROUP", facts.group);
  add(list, "TLS_SESSION_RESUMED", resumed_word(facts));
  add(list, "TLS_LIBRARY_VERSION", facts.library);
  add(list, "TLS_LIBRARY_VERSIONS", facts.library);
  if (!facts.client) return list;
  add(list, "TLS_CLIENT_S_DN_CN", part_of(facts.client->subject_parts, "CN"));
  add(list, "TLS_CLIENT_A_KEY", facts.client->key_algorithm);
  add(list, "TLS_CLIENT_A_SIG", facts.client->signature_algorithm);
  return list;
}

std::span<const std::string_view> note_names() {
  return kNotes;
}

}  // namespace mod_tls::core
