// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mod_tls::core {

/// A name and what it stands for: an environment variable, a note, or a part of a DN.
struct Variable {
  std::string name;
  std::string value;

  friend bool operator==(const Variable &, const Variable &) = default;
};

/// What is shown of a certificate.
struct CertificateFacts {
  int version = 0;           ///< 1 or 3.
  std::string serial = {};   ///< Decimal, of any size.
  std::string subject = {};  ///< The DN in one line.
  std::string issuer = {};
  std::vector<Variable> subject_parts =
      {};  ///< "CN", "Email" and so on, as the suffixes are named.
  std::vector<Variable> issuer_parts = {};
  std::string begins = {};  ///< "Nov 21 07:12:10 2026 GMT"
  std::string ends = {};
  std::string signature_algorithm = {};
  std::string key_algorithm = {};
  std::string pem = {};
};

/// What is shown of a finished handshake.
struct SessionFacts {
  std::string protocol = {};    ///< "TLSv1.3"
  std::string session_id = {};  ///< Upper-case hex.
  std::string cipher = {};
  int bits_used = 0;
  int bits_possible = 0;
  std::string group = {};  ///< Of the key exchange; empty if there was none.
  bool resumed = false;
  std::string server_name = {};  ///< SNI; empty if the client named none.
  std::string library = {};
  std::optional<CertificateFacts> server = {};
  std::optional<CertificateFacts> client = {};
  std::vector<std::string> client_chain = {};  ///< PEM, without the client's own.
};

/// Which environment variables TLSOptions asks for.
struct ExportChoice {
  bool standard = false;      ///< StdEnvVars
  bool certificates = false;  ///< ExportCertData
};

/// The environment variables of doc/directives.md (TLSOptions), in that order; empty values are
/// left out.
[[nodiscard]] std::vector<Variable> environment_of(const SessionFacts &facts, ExportChoice choice);

/// The session notes of doc/directives.md (TLSOptions); empty values are left out.
[[nodiscard]] std::vector<Variable> notes_of(const SessionFacts &facts);

/// Every name that notes_of() can yield: what is not there any more has to go.
[[nodiscard]] std::span<const std::string_view> note_names();

}  // namespace mod_tls::core
