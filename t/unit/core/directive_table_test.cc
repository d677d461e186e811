// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/directive_table.h"

#include <strings.h>

#include <algorithm>

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

namespace {

constexpr std::uint8_t kEverywhere = kServers | kAnonymous | kDirectory | kFtpaccess;

}  // namespace

TEST_GROUP(DirectiveTable){};

TEST(DirectiveTable, EveryDirectiveIsFoundByNameAndById) {
  for (const DirectiveSpec &spec : directive_table()) {
    POINTERS_EQUAL(&spec, find_directive(spec.name));
    POINTERS_EQUAL(&spec, &spec_of(spec.id));
  }
}

TEST(DirectiveTable, NamesAreComparedWithoutCase) {
  POINTERS_EQUAL(&spec_of(Directive::engine), find_directive("tlsENGINE"));
  POINTERS_EQUAL(nullptr, find_directive("TLSEngin"));
  POINTERS_EQUAL(nullptr, find_directive(""));
  POINTERS_EQUAL(nullptr, find_directive("TLSv1"));
}

TEST(DirectiveTable, NamesAreSortedAndServeAsCStrings) {
  const auto table = directive_table();
  CHECK_TRUE(std::is_sorted(table.begin(), table.end(), [](const auto &a, const auto &b) {
    return strcasecmp(a.name.data(), b.name.data()) < 0;
  }));
  for (const DirectiveSpec &spec : table) {
    CHECK_TRUE(spec.name == std::string_view(spec.name.data()));
    CHECK_TRUE(spec.syntax.starts_with(spec.name));
  }
}

TEST(DirectiveTable, OnlyRequiredStandsInSections) {
  for (const DirectiveSpec &spec : directive_table()) {
    const bool in_sections = (spec.contexts & ~kServers) != 0;
    CHECK_TRUE_TEXT(in_sections == (spec.id == Directive::required), spec.name.data());
  }
  LONGS_EQUAL(kEverywhere, spec_of(Directive::required).contexts);
}

TEST(DirectiveTable, OnlyTheDaemonsOwnAreForTheTopLevelAlone) {
  constexpr Directive kDaemons[] = {Directive::cache_secret_file,    Directive::controls_acls,
                                    Directive::pass_phrase_provider, Directive::session_cache,
                                    Directive::session_ticket_keys,  Directive::stapling_cache};
  for (const DirectiveSpec &spec : directive_table()) {
    const bool daemons = std::ranges::find(kDaemons, spec.id) != std::end(kDaemons);
    const bool masquerade = spec.id == Directive::masquerade_address;
    const int expected = daemons ? kServer : masquerade ? kServer | kVirtualHost : kServers;
    LONGS_EQUAL_TEXT(expected, spec.contexts & kServers, spec.name.data());
  }
}

TEST(DirectiveTable, MergingIsAsDocumented) {
  for (const DirectiveSpec &spec : directive_table()) {
    const bool multi =
        spec.id == Directive::options || spec.id == Directive::cipher_suite ||
        spec.id == Directive::certificate_file || spec.id == Directive::certificate_key_file ||
        spec.id == Directive::dh_param_file || spec.id == Directive::pre_shared_key ||
        spec.id == Directive::stapling_options;
    CHECK_TRUE((spec.merge == Merge::multi) == multi);
    CHECK_TRUE((spec.merge == Merge::descend) == (spec.id == Directive::required));
  }
}

TEST(DirectiveTable, EveryFileDirectiveHasItsCheck) {
  CHECK_TRUE(spec_of(Directive::ca_certificate_file).check == FileCheck::ca_file);
  CHECK_TRUE(spec_of(Directive::ca_certificate_path).check == FileCheck::ca_path);
  CHECK_TRUE(spec_of(Directive::ca_revocation_file).check == FileCheck::crl_file);
  CHECK_TRUE(spec_of(Directive::ca_revocation_path).check == FileCheck::crl_path);
  CHECK_TRUE(spec_of(Directive::cache_secret_file).check == FileCheck::secret_file);
  CHECK_TRUE(spec_of(Directive::certificate_chain_file).check == FileCheck::certificate_chain);
  CHECK_TRUE(spec_of(Directive::cipher_suite).check == FileCheck::cipher_list);
  CHECK_TRUE(spec_of(Directive::certificate_file).check == FileCheck::certificate);
  CHECK_TRUE(spec_of(Directive::certificate_key_file).check == FileCheck::private_key);
  CHECK_TRUE(spec_of(Directive::dsa_certificate_file).check == FileCheck::dsa_certificate);
  CHECK_TRUE(spec_of(Directive::dsa_certificate_key_file).check == FileCheck::private_key);
  CHECK_TRUE(spec_of(Directive::ec_certificate_file).check == FileCheck::ec_certificate);
  CHECK_TRUE(spec_of(Directive::ec_certificate_key_file).check == FileCheck::private_key);
  CHECK_TRUE(spec_of(Directive::rsa_certificate_file).check == FileCheck::rsa_certificate);
  CHECK_TRUE(spec_of(Directive::rsa_certificate_key_file).check == FileCheck::private_key);
  CHECK_TRUE(spec_of(Directive::log).check == FileCheck::none);
}
