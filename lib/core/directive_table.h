// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/directive_parser.h"

namespace mod_tls::core {

/// Where a directive may stand, as a bit set.
enum Contexts : std::uint8_t {
  kServer = 1,
  kVirtualHost = 2,
  kGlobal = 4,
  kAnonymous = 8,
  kDirectory = 16,
  kFtpaccess = 32,
  kServers = kServer | kVirtualHost | kGlobal,
};

/// How the host keeps several occurrences of a directive.
enum class Merge : std::uint8_t {
  plain,    ///< Stays where it is written; the first one counts.
  multi,    ///< Several count (mod_ifsession adds instead of replacing).
  descend,  ///< Copied into <Directory> and <Anonymous> sections that have none of their own.
};

/// Which file the value names, so that it can be tried when the configuration is read.
enum class FileCheck : std::uint8_t {
  none,
  certificate,
  dsa_certificate,
  ec_certificate,
  rsa_certificate,
  private_key,
  pkcs12,
  program,
  ca_file,
  ca_path,
  crl_file,
  crl_path,
  certificate_chain,
  secret_file,
  dh_groups,
  group_list,     ///< Not a file: the names are tried against the library.
  ticket_secret,  ///< The file among the words of TLSSessionTicketKeys.
  cipher_list,    ///< Not a file: the list is tried against the library.
};

/// One row of the list of directives: parser, host tables, documentation and tests all follow it.
struct DirectiveSpec {
  Directive id;
  std::string_view name;
  std::uint8_t contexts;  ///< OR of Contexts.
  Merge merge;
  FileCheck check;
  DirectiveParser parse;
  std::string_view syntax;  ///< "TLSProtocol ALL|[+|-]protocol ...", shown in errors and docs.
};

[[nodiscard]] std::span<const DirectiveSpec> directive_table();

/// The row of a name, compared without case; nullptr if there is none.
[[nodiscard]] const DirectiveSpec *find_directive(std::string_view name);
[[nodiscard]] const DirectiveSpec &spec_of(Directive id);

}  // namespace mod_tls::core
