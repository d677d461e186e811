// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/tls_options.h"

#include <set>

#include "words.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;
using mod_tls::test::split_words;

namespace {

// Every name of the documentation, with what this version does about it.
struct Documented {
  const char *name;
  OptionSupport support;
};

constexpr Documented kDocumented[] = {
    {"AllowClientRenegotiation", OptionSupport::supported},
    {"AllowClientRenegotiations", OptionSupport::supported},
    {"AllowDotLogin", OptionSupport::supported},
    {"AllowPerUser", OptionSupport::supported},
    {"AllowWeakDH", OptionSupport::supported},
    {"AllowWeakSecurity", OptionSupport::supported},
    {"CommonNameRequired", OptionSupport::supported},
    {"dNSNameRequired", OptionSupport::supported},
    {"EnableDiags", OptionSupport::supported},
    {"ExportCertData", OptionSupport::supported},
    {"IgnoreSNI", OptionSupport::supported},
    {"iPAddressRequired", OptionSupport::supported},
    {"NoAutoECDH", OptionSupport::ignored},
    {"NoCertRequest", OptionSupport::ignored},
    {"NoEmptyFragments", OptionSupport::ignored},
    {"NoSessionReuseRequired", OptionSupport::supported},
    {"RequireCloseNotify", OptionSupport::supported},
    {"StdEnvVars", OptionSupport::supported},
    {"UseImplicitSSL", OptionSupport::supported},
};

Result<OptionSet> parse(std::string_view line) {
  return parse_options(split_words(line));
}

void check_support(const Documented &row) {
  const std::string name{row.name};
  switch (row.support) {
    case OptionSupport::supported:
      CHECK_TRUE_TEXT(to_string(*parse(name)).starts_with(name), row.name);
      return;
    case OptionSupport::ignored:
      CHECK_TRUE_TEXT(*parse(name) == OptionSet{}, row.name);
      return;
  }
}

}  // namespace

TEST_GROUP(TlsOptions){};

TEST(TlsOptions, TheTableHasEveryDocumentedNameOnce) {
  std::set<std::string_view> names;
  for (const OptionRow &row : option_table()) {
    CHECK_TRUE(names.insert(row.name).second);
  }
  CHECK_EQUAL(std::size(kDocumented), names.size());
  for (const Documented &row : kDocumented) CHECK_TRUE_TEXT(names.contains(row.name), row.name);
}

TEST(TlsOptions, EveryNameIsTakenOrIgnoredAsDocumented) {
  for (const Documented &row : kDocumented) check_support(row);
}

TEST(TlsOptions, SeveralOptionsAddUp) {
  const auto set = *parse("NoSessionReuseRequired AllowPerUser NoCertRequest AllowPerUser");
  CHECK_TRUE((set == OptionSet{Option::allow_per_user, Option::no_session_reuse_required}));
  STRCMP_EQUAL("AllowPerUser NoSessionReuseRequired", to_string(set).c_str());
}

TEST(TlsOptions, BothSpellingsOfRenegotiationsAreTheSame) {
  for (const char *name : {"AllowClientRenegotiations", "AllowClientRenegotiation"}) {
    CHECK_TRUE((*parse(name) == OptionSet{Option::allow_client_renegotiations}));
    STRCMP_EQUAL("AllowClientRenegotiations", to_string(*parse(name)).c_str());
    STRCMP_EQUAL("", ignored_options_notice(split_words(name)).c_str());
  }
}

TEST(TlsOptions, UnknownNamesAndOtherCaseAreRefused) {
  for (const char *name : {"Foo", "allowperuser", "ALLOWPERUSER", "AllowPerUser,", "on"}) {
    const std::string start = "unknown TLSOption '" + std::string(name) + "' (available";
    check_refused(parse(name), start.c_str(), name);
  }
  CHECK_FALSE(parse("AllowPerUser Foo").ok());
}

TEST(TlsOptions, NoWordAtAllIsAnError) {
  STRCMP_EQUAL("wrong number of parameters", parse("").error().message.c_str());
}

TEST(TlsOptions, IgnoredOptionsAreNamedInANotice) {
  const std::string notice =
      ignored_options_notice(split_words("NoCertRequest AllowPerUser NoAutoECDH"));
  STRCMP_CONTAINS("TLSOptions: ignoring NoCertRequest (", notice.c_str());
  STRCMP_CONTAINS("; NoAutoECDH (", notice.c_str());
  CHECK_TRUE(notice.find("AllowPerUser") == std::string::npos);
}

TEST(TlsOptions, WithoutIgnoredOptionsThereIsNoNotice) {
  STRCMP_EQUAL("", ignored_options_notice(split_words("AllowPerUser")).c_str());
  STRCMP_EQUAL("", ignored_options_notice({}).c_str());
}
