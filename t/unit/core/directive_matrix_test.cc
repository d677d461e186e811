// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Every directive x {valid forms, an invalid form, inheritance}. A new directive needs a row here;
// its contexts are tried on the host by t/integration/test_directive_matrix.py.
#include <algorithm>
#include <iterator>
#include <sstream>

#include "config_line.h"
#include "core/directive_table.h"
#include "core/policy_builder.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;
using mod_tls::test::edit_of;
using mod_tls::test::parse_line;

namespace {

/// What several records of a directive come to.
enum class Fold {
  first,  ///< The first counts: the server's own go before those of <Global>.
  adds,   ///< All of them add up.
  last,   ///< The last one of the server's own, else the last of <Global>.
  pairs,  ///< The server's own add up, and replace those of <Global>.
};

struct Row {
  const char *name;
  const char *one;      ///< A valid form,
  const char *other;    ///< another,
  const char *invalid;  ///< and one that is refused.
  Fold fold = Fold::first;
};

constexpr Row kRows[] = {
    {"TLSStaplingTimeout", "5", "10", "soon"},
    {"TLSStaplingResponder", "http://a/", "http://b/", ""},
    {"TLSStaplingOptions", "NoNonce", "NoVerify", "nononce", Fold::adds},
    {"TLSStaplingCache", "off", "fs:x", "on"},
    {"TLSStapling", "on", "off", "perhaps"},
    {"TLSPKCS12File", "/a", "/b", "a"},
    {"TLSPassPhraseProvider", "/a", "/b", "a"},
    {"TLSCARevocationPath", "/a", "/b", "a"},
    {"TLSCARevocationFile", "/a", "/b", "a"},
    {"TLSCacheSecretFile", "/a", "/b", "a"},
    {"TLSCACertificateFile", "/a", "/b", "a"},
    {"TLSCACertificatePath", "/a", "/b", "a"},
    {"TLSCertificateChainFile", "/a", "/b", "a"},
    {"TLSCertificateFile", "/a", "/b", "a", Fold::pairs},
    {"TLSCertificateKeyFile", "/a", "/b", "a", Fold::pairs},
    {"TLSCipherSuite", "HIGH", "TLSv1.2 MEDIUM", "TLSv9 HIGH", Fold::last},
    {"TLSControlsACLs", "all allow user root", "info deny group staff", "all perhaps user root"},
    {"TLSCryptoDevice", "ALL", "legacy", "../legacy"},
    {"TLSDHParamFile", "/a", "/b", "a", Fold::adds},
    {"TLSDSACertificateFile", "/a", "/b", "a"},
    {"TLSDSACertificateKeyFile", "/a", "/b", "a"},
    {"TLSECCertificateFile", "/a", "/b", "a"},
    {"TLSECCertificateKeyFile", "/a", "/b", "a"},
    {"TLSECDHCurve", "P-256", "X25519:P-384", "P-256:auto"},
    {"TLSEngine", "on", "off", "perhaps"},
    {"TLSGroups", "X25519 P-256", "X25519MLKEM768", "X25519::P-256"},
    {"TLSLog", "/a", "none", ""},
    {"TLSMasqueradeAddress", "192.0.2.1", "ftp.example.org", ""},
    {"TLSNextProtocol", "off", "on", "ftp"},
    {"TLSOptions", "AllowPerUser", "NoSessionReuseRequired", "NoSuchOption", Fold::adds},
    {"TLSPreSharedKey", "a hex:/a", "b hex:/b", "a /a", Fold::adds},
    {"TLSProtocol", "ALL -SSLv3", "TLSv1.2", "TLSv9"},
    {"TLSRandomSeed", "/a", "/b", ""},
    {"TLSRenegotiate", "none", "ctrl 1500 data 1000 timeout 30 required off", "ctrl"},
    {"TLSRequired", "auth+!data", "on", "sometimes"},
    {"TLSRSACertificateFile", "/a", "/b", "a"},
    {"TLSRSACertificateKeyFile", "/a", "/b", "a"},
    {"TLSServerCipherPreference", "off", "on", "client"},
    {"TLSServerInfoFile", "/a", "/b", "a"},
    {"TLSSessionCache", "off", "internal: 60", "internal: soon"},
    {"TLSSessionTicketKeys", "age 1h count 3", "count 5", "age"},
    {"TLSSessionTickets", "on", "off", "perhaps"},
    {"TLSTimeoutHandshake", "30", "1min", "soon"},
    {"TLSUserName", "CommonName", "1.2.3.4", "commonname"},
    {"TLSVerifyClient", "on", "optional", "perhaps"},
    {"TLSVerifyDepth", "0", "9", "-1"},
    {"TLSVerifyOCSP", "soft", "strict timeout 3", "maybe"},
    {"TLSVerifyOrder", "crl", "ocsp crl", "first"},
    {"TLSVerifyServer", "off", "NoReverseDNS", "perhaps"},
};

std::string line_of(const Row &row, const char *words) {
  return std::string(row.name) + ' ' + words;
}

/// What describe() says about the row's directive.
std::string value_of(const Row &row, const std::vector<PolicyEdit> &edits) {
  std::istringstream lines(describe(build_policy(edits)));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(std::string(row.name) + ' ')) return line;
  }
  return {};
}

struct Values {
  std::string one;
  std::string other;
  std::string both_own;
  std::string own_and_global;
  std::string global;
};

Values values_of(const Row &row) {
  const auto one = [&](Origin origin) { return edit_of(line_of(row, row.one), origin); };
  const auto other = [&](Origin origin) { return edit_of(line_of(row, row.other), origin); };
  return {.one = value_of(row, {one(Origin::own)}),
          .other = value_of(row, {other(Origin::own)}),
          .both_own = value_of(row, {one(Origin::own), other(Origin::own)}),
          .own_and_global = value_of(row, {one(Origin::own), other(Origin::global)}),
          .global = value_of(row, {other(Origin::global)})};
}

}  // namespace

TEST_GROUP(DirectiveMatrix){};

TEST(DirectiveMatrix, NoDirectiveIsMissing) {
  for (const DirectiveSpec &spec : directive_table()) {
    const bool here = std::ranges::any_of(kRows, [&](const Row &r) { return spec.name == r.name; });
    CHECK_TRUE_TEXT(here, (std::string(spec.name) + ": add a row to kRows").c_str());
  }
  LONGS_EQUAL(directive_table().size(), std::size(kRows));
}

TEST(DirectiveMatrix, ValidFormsAreTaken) {
  for (const Row &row : kRows) {
    for (const char *words : {row.one, row.other}) {
      CHECK_TRUE_TEXT(parse_line(line_of(row, words)).ok(), line_of(row, words).c_str());
    }
  }
}

TEST(DirectiveMatrix, InvalidFormsAreRefusedWithAText) {
  for (const Row &row : kRows) {
    for (const char *words : {row.invalid, ""}) {
      const auto value = parse_line(line_of(row, words));
      CHECK_FALSE_TEXT(value.ok(), line_of(row, words).c_str());
      CHECK_FALSE(value.error().message.empty());
    }
  }
}

TEST(DirectiveMatrix, TheServersOwnGoBeforeGlobalOnes) {
  for (const Row &row : kRows) {
    const Values values = values_of(row);
    const bool adds = row.fold == Fold::adds;
    STRCMP_EQUAL_TEXT((adds ? values.both_own : values.one).c_str(), values.own_and_global.c_str(),
                      row.name);
  }
}

TEST(DirectiveMatrix, GlobalOnesServeThoseWithoutTheirOwn) {
  for (const Row &row : kRows) {
    const Values values = values_of(row);
    STRCMP_EQUAL_TEXT(values.other.c_str(), values.global.c_str(), row.name);
  }
}

TEST(DirectiveMatrix, SeveralOfAServerComeToWhatTheTableSays) {
  for (const Row &row : kRows) {
    const Values values = values_of(row);
    switch (row.fold) {
      case Fold::first:
        STRCMP_EQUAL_TEXT(values.one.c_str(), values.both_own.c_str(), row.name);
        break;
      case Fold::last:
        STRCMP_EQUAL_TEXT(values.other.c_str(), values.both_own.c_str(), row.name);
        break;
      case Fold::adds:
      case Fold::pairs:
        CHECK_TRUE_TEXT(values.both_own != values.one && values.both_own != values.other, row.name);
        break;
    }
  }
}
