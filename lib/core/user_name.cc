// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/user_name.h"

#include <algorithm>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

using Kind = UserNameField::Kind;

constexpr std::string_view kCommonName = "CommonName";
constexpr std::string_view kEmail = "EmailSubjAltName";
constexpr std::size_t kLongestOid = 255;

/// Two numbers at least, with single dots between them.
bool is_oid(std::string_view word) {
  if (word.empty() || word.size() > kLongestOid) return false;
  const bool plain =
      std::ranges::all_of(word, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  return plain && word.front() != '.' && word.back() != '.' &&
         word.find('.') != std::string_view::npos && word.find("..") == std::string_view::npos;
}

std::vector<std::string> values_of(const UserNameField &field, const UserNameFacts &facts) {
  switch (field.kind) {
    case Kind::none:
      return {};
    case Kind::common_name:
      return {facts.names.common_name};
    case Kind::email:
      return facts.names.emails;
    case Kind::oid:
      return facts.oid_values;
  }
  return {};
}

std::string described(const UserNameField &field) {
  switch (field.kind) {
    case Kind::none:
      return {};
    case Kind::common_name:
      return "CommonName";
    case Kind::email:
      return "Email SubjAltName";
    case Kind::oid:
      return field.oid + " extension";
  }
  return {};
}

}  // namespace

Result<UserNameField> parse_user_name_field(std::string_view word) {
  if (word == kCommonName) return UserNameField{.kind = Kind::common_name};
  if (word == kEmail) return UserNameField{.kind = Kind::email};
  if (is_oid(word)) return UserNameField{.kind = Kind::oid, .oid = std::string(word)};
  return Error{Errc::bad_value, "badly formatted OID parameter: " + quoted(word) +
                                    " (allowed: CommonName, EmailSubjAltName, or an OID such as "
                                    "1.2.3.4)"};
}

std::string to_string(const UserNameField &field) {
  switch (field.kind) {
    case Kind::none:
      return "none";
    case Kind::common_name:
      return std::string(kCommonName);
    case Kind::email:
      return std::string(kEmail);
    case Kind::oid:
      return field.oid;
  }
  return {};
}

LoginVerdict judge_user_name(const UserNameField &field, const UserNameFacts &facts,
                             std::string_view user) {
  LoginVerdict verdict;
  if (field.kind == Kind::none || user.empty()) return verdict;
  const auto values = values_of(field, facts);
  verdict.accepted = std::ranges::find(values, user) != values.end();
  verdict.lines = spoof_lines(facts.names);
  const std::string name = printable(user);
  if (verdict.accepted) {
    verdict.lines.push_back("matched client cert " + described(field) + " '" + name +
                            "' to user '" + name + "'");
  }
  verdict.lines.push_back("TLS/X509 TLSUserName '" + to_string(field) + "' check " +
                          (verdict.accepted ? "successful" : "failed") + " for user '" + name +
                          "'");
  return verdict;
}

}  // namespace mod_tls::core
