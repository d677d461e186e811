// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/cipher_spec.h"

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

struct ClassWord {
  std::string_view word;
  CipherEdit::Class kind;
};

// OpenSSL has a single list for all versions before 1.3, whichever of them is named.
constexpr ClassWord kClassWords[] = {
    {"TLSv1.3", CipherEdit::Class::tls13},
    {"TLSv1.2", CipherEdit::Class::legacy},
    {"TLSv1.1", CipherEdit::Class::legacy},
    {"TLSv1.0", CipherEdit::Class::legacy},
};

Result<CipherEdit> checked(CipherEdit::Class kind, std::string_view list) {
  if (list.empty() || has_control_character(list)) {
    return Error{Errc::bad_value,
                 "unable to use ciphersuite " + quoted(list) + ": not a list of cipher names"};
  }
  return CipherEdit{kind, std::string(list)};
}

Result<CipherEdit> parse_plain(std::string_view list) {
  if (list.find('_') == std::string_view::npos) return checked(CipherEdit::Class::legacy, list);
  const std::string name = printable(list);
  return Error{Errc::bad_syntax, "use of TLSv1.3 ciphersuite in '" + name +
                                     "' requires protocol parameter; use 'TLSCipherSuite TLSv1.3 " +
                                     name + "'"};
}

Result<CipherEdit> parse_for_class(std::string_view protocol, std::string_view list) {
  for (const ClassWord &row : kClassWords) {
    if (equal_ignoring_case(row.word, protocol)) return checked(row.kind, list);
  }
  return Error{Errc::bad_value, "unknown/unsupported protocol specifier: " + printable(protocol) +
                                    " (allowed: TLSv1.0, TLSv1.1, TLSv1.2, TLSv1.3)"};
}

}  // namespace

Result<CipherEdit> parse_cipher_suite(std::span<const std::string_view> words) {
  switch (words.size()) {
    case 0:
      return Error{Errc::bad_syntax, "missing parameters"};
    case 1:
      return parse_plain(words[0]);
    case 2:
      return parse_for_class(words[0], words[1]);
    default:
      return Error{Errc::bad_syntax, "wrong number of parameters"};
  }
}

std::string effective_legacy_list(std::string_view list) {
  std::string effective{list};
  if (!list.starts_with("PROFILE=")) effective += ":!EXPORT";
  return effective;
}

}  // namespace mod_tls::core
