// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/tls_options.h"

#include <algorithm>
#include <iterator>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

constexpr OptionSupport kSupported = OptionSupport::supported;
constexpr OptionSupport kIgnored = OptionSupport::ignored;
constexpr Option kNone{};

constexpr std::string_view kCurves = "OpenSSL 3 always chooses the curves itself";
constexpr std::string_view kCertRequest =
    "client certificates are asked for by TLSVerifyClient alone";
constexpr std::string_view kFragments = "OpenSSL 3 decides on empty fragments per cipher";

// The first name of an option is how it is shown.
constexpr OptionRow kRows[] = {
    {"AllowClientRenegotiations", kSupported, Option::allow_client_renegotiations, {}},
    {"AllowClientRenegotiation", kSupported, Option::allow_client_renegotiations, {}},
    {"AllowDotLogin", kSupported, Option::allow_dot_login, {}},
    {"AllowPerUser", kSupported, Option::allow_per_user, {}},
    {"AllowWeakDH", kSupported, Option::allow_weak_dh, {}},
    {"AllowWeakSecurity", kSupported, Option::allow_weak_security, {}},
    {"CommonNameRequired", kSupported, Option::common_name_required, {}},
    {"dNSNameRequired", kSupported, Option::dns_name_required, {}},
    {"iPAddressRequired", kSupported, Option::ip_address_required, {}},
    {"EnableDiags", kSupported, Option::enable_diags, {}},
    {"ExportCertData", kSupported, Option::export_cert_data, {}},
    {"IgnoreSNI", kSupported, Option::ignore_sni, {}},
    {"NoAutoECDH", kIgnored, kNone, kCurves},
    {"NoCertRequest", kIgnored, kNone, kCertRequest},
    {"NoEmptyFragments", kIgnored, kNone, kFragments},
    {"NoSessionReuseRequired", kSupported, Option::no_session_reuse_required, {}},
    {"RequireCloseNotify", kSupported, Option::require_close_notify, {}},
    {"StdEnvVars", kSupported, Option::std_env_vars, {}},
    {"UseImplicitSSL", kSupported, Option::use_implicit_ssl, {}},
};

const OptionRow *find_row(std::string_view name) {
  const auto *row = std::find_if(std::begin(kRows), std::end(kRows),
                                 [&](const OptionRow &r) { return r.name == name; });
  return row == std::end(kRows) ? nullptr : row;
}

/// Rows of the same option stand next to each other.
bool is_alias(const OptionRow &row) {
  return &row != std::begin(kRows) && row.support != kIgnored && row.option == (&row - 1)->option;
}

std::string names_with(OptionSupport support) {
  std::string names;
  for (const OptionRow &row : kRows) {
    if (row.support != support) continue;
    if (!names.empty()) names += ", ";
    names += row.name;
  }
  return names;
}

Error unknown_option(std::string_view word) {
  return {Errc::bad_value, "unknown TLSOption " + quoted(word) +
                               " (available, case-sensitive: " + names_with(kSupported) + ")"};
}

}  // namespace

std::span<const OptionRow> option_table() {
  return kRows;
}

Result<OptionSet> parse_options(std::span<const std::string_view> words) {
  if (words.empty()) return Error{Errc::bad_syntax, "wrong number of parameters"};
  OptionSet set;
  for (const std::string_view word : words) {
    const OptionRow *row = find_row(word);
    if (row == nullptr) return unknown_option(word);
    if (row->support == kSupported) set.add(row->option);
  }
  return set;
}

std::string ignored_options_notice(std::span<const std::string_view> words) {
  std::string notice;
  for (const std::string_view word : words) {
    const OptionRow *row = find_row(word);
    if (row == nullptr || row->support != kIgnored) continue;
    notice += notice.empty() ? "TLSOptions: ignoring " : "; ";
    notice += std::string(row->name) + " (" + std::string(row->remark) + ")";
  }
  return notice;
}

std::string to_string(const OptionSet &set) {
  std::string names;
  for (const OptionRow &row : kRows) {
    if (row.support == kIgnored || is_alias(row) || !set.has(row.option)) continue;
    if (!names.empty()) names += ' ';
    names += row.name;
  }
  return names.empty() ? "none" : names;
}

}  // namespace mod_tls::core
