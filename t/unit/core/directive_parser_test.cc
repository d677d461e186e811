// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/directive_parser.h"

#include "config_line.h"
#include "core/directive_table.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using namespace std::string_view_literals;
using mod_tls::test::check_refused;
using mod_tls::test::parse_line;

namespace {

void check_error(const char *line, const char *start) {
  check_refused(parse_line(line), start, line);
}

constexpr Directive kPaths[] = {
    Directive::certificate_file,     Directive::certificate_key_file,
    Directive::dsa_certificate_file, Directive::dsa_certificate_key_file,
    Directive::cache_secret_file,    Directive::ca_certificate_file,
    Directive::ca_certificate_path,  Directive::certificate_chain_file,
    Directive::ec_certificate_file,  Directive::ec_certificate_key_file,
    Directive::rsa_certificate_file, Directive::rsa_certificate_key_file,
    Directive::pkcs12_file};

Result<EditValue> parse_word(Directive id, std::string_view word) {
  return parse_directive(id, Words(&word, 1));
}

}  // namespace

TEST_GROUP(DirectiveParser){};

TEST(DirectiveParser, NoDirectiveTakesNoWords) {
  for (const DirectiveSpec &spec : directive_table()) {
    const auto result = parse_directive(spec.id, {});
    CHECK_FALSE_TEXT(result.ok(), spec.name.data());
    const bool counted = spec.id == Directive::options || spec.id == Directive::protocol ||
                         spec.id == Directive::session_cache || spec.id == Directive::renegotiate ||
                         spec.id == Directive::session_ticket_keys ||
                         spec.id == Directive::stapling_options ||
                         spec.id == Directive::verify_order;
    STRCMP_EQUAL_TEXT(counted ? "wrong number of parameters" : "missing parameters",
                      result.error().message.c_str(), spec.name.data());
  }
}

TEST(DirectiveParser, ExtraWordsOfOneParameterDirectivesAreIgnored) {
  for (const char *line : {"TLSEngine on extra", "TLSLog /l extra", "TLSRequired on off",
                           "TLSTimeoutHandshake 10 minutes", "TLSRSACertificateFile /a /b",
                           "TLSECCertificateKeyFile /a pkcs11:b"}) {
    CHECK_TRUE_TEXT(parse_line(line).ok(), line);
  }
}

TEST(DirectiveParser, EngineTakesEveryBoolean) {
  CHECK_TRUE(std::get<bool>(*parse_line("TLSEngine on")));
  CHECK_TRUE(std::get<bool>(*parse_line("TLSEngine YES")));
  CHECK_FALSE(std::get<bool>(*parse_line("TLSEngine 0")));
  check_error("TLSEngine maybe", "expected Boolean parameter: 'maybe' (allowed: on");
}

TEST(DirectiveParser, SwitchesTakeEveryBoolean) {
  for (const char *name : {"TLSNextProtocol", "TLSServerCipherPreference", "TLSSessionTickets"}) {
    const std::string start = std::string(name) + ' ';
    CHECK_TRUE(std::get<bool>(*parse_line(start + "on")));
    CHECK_TRUE(std::get<bool>(*parse_line(start + "True extra")));
    CHECK_FALSE(std::get<bool>(*parse_line(start + "off")));
    CHECK_FALSE(std::get<bool>(*parse_line(start + "NO")));
    for (const char *word : {"maybe", "2", "onn", "ftp"}) {
      check_refused(parse_line(start + word), "expected Boolean parameter: '", word);
    }
  }
}

TEST(DirectiveParser, LogTakesAnyPathOrNone) {
  STRCMP_EQUAL("/var/log/tls.log",
               std::get<std::string>(*parse_line("TLSLog /var/log/tls.log")).c_str());
  STRCMP_EQUAL("", std::get<std::string>(*parse_line("TLSLog none")).c_str());
  STRCMP_EQUAL("", std::get<std::string>(*parse_line("TLSLog NONE")).c_str());
  STRCMP_EQUAL("tls.log", std::get<std::string>(*parse_line("TLSLog tls.log")).c_str());
}

TEST(DirectiveParser, LogRefusesNamesThatAreNone) {
  CHECK_FALSE(parse_word(Directive::log, "").ok());
  CHECK_FALSE(parse_word(Directive::log, "/a\0b"sv).ok());
}

TEST(DirectiveParser, AbsolutePathsAreTakenAsTheyAre) {
  for (const Directive id : kPaths) {
    STRCMP_EQUAL("/etc/ssl/my file",
                 std::get<std::string>(*parse_word(id, "/etc/ssl/my file")).c_str());
  }
}

TEST(DirectiveParser, OtherPathsAreRefused) {
  for (const Directive id : kPaths) {
    for (const std::string_view path :
         {""sv, "server.pem"sv, "./a"sv, "~/a"sv, "/a\0b"sv, "/a\nb"sv}) {
      check_refused(parse_word(id, path), "parameter must be an absolute path: '",
                    spec_of(id).name.data());
    }
  }
}

TEST(DirectiveParser, KeysMayBeUris) {
  STRCMP_EQUAL(
      "pkcs11:object=key;type=private",
      std::get<std::string>(*parse_line("TLSRSACertificateKeyFile pkcs11:object=key;type=private"))
          .c_str());
  CHECK_TRUE(parse_line("TLSCertificateKeyFile file:/a").ok());
  CHECK_TRUE(parse_line("TLSCertificateKeyFile FILE://localhost/a").ok());
  for (const char *line : {"TLSCertificateKeyFile file:a", "TLSCertificateKeyFile file://host/a"}) {
    STRCMP_CONTAINS("a file URI names an absolute path", parse_line(line).error().message.c_str());
  }
  check_error("TLSRSACertificateFile pkcs11:x", "parameter must be an absolute path: 'pkcs11:x'");
  check_refused(parse_word(Directive::ec_certificate_key_file, "pkcs11:pin-value=12;a\nb"),
                "a URI has no control characters: 'pkcs11:pin-value=...;a?b'", "pkcs11");
}

TEST(DirectiveParser, TimeoutsAreDurations) {
  using std::chrono::seconds;
  CHECK_TRUE(std::get<seconds>(*parse_line("TLSTimeoutHandshake 0")) == seconds{0});
  CHECK_TRUE(std::get<seconds>(*parse_line("TLSTimeoutHandshake 5min")) == seconds{300});
  check_error("TLSTimeoutHandshake 5x",
              "error parsing timeout value '5x': Invalid argument (allowed");
  check_error("TLSTimeoutHandshake -5",
              "error parsing timeout value '-5': Numerical result out of range");
}

TEST(DirectiveParser, OtherDirectivesYieldTheirOwnTypes) {
  CHECK_TRUE(std::holds_alternative<ProtocolSet>(*parse_line("TLSProtocol TLSv1.2")));
  CHECK_TRUE(std::holds_alternative<CipherEdit>(*parse_line("TLSCipherSuite HIGH")));
  CHECK_TRUE(std::holds_alternative<RequiredPolicy>(*parse_line("TLSRequired auth")));
  CHECK_TRUE(std::holds_alternative<OptionSet>(*parse_line("TLSOptions AllowPerUser")));
  CHECK_TRUE(std::holds_alternative<SessionCachePolicy>(*parse_line("TLSSessionCache off")));
  CHECK_TRUE(std::holds_alternative<TicketKeyPolicy>(*parse_line("TLSSessionTicketKeys count 3")));
}

TEST(DirectiveParser, TheirErrorsPassThrough) {
  check_error("TLSProtocol TLSv9", "unknown protocol: 'TLSv9'");
  check_error("TLSCipherSuite TLSv1.3 A B", "wrong number of parameters");
  check_error("TLSRequired Ctrl", "bad parameter: 'Ctrl'");
  check_error("TLSOptions Foo", "unknown TLSOption 'Foo'");
  check_error("TLSSessionTicketKeys age 5", "max key age must be at least 60sec");
  check_error("TLSSessionCache on", "badly formatted parameter: 'on'");
}

TEST(DirectiveParser, AProviderOfPassPhrasesIsAFullPath) {
  STRCMP_EQUAL("/bin/p",
               std::get<std::string>(*parse_line("TLSPassPhraseProvider /bin/p extra")).c_str());
  check_error("TLSPassPhraseProvider bin/p", "must be a full path: 'bin/p'");
  CHECK_FALSE(parse_word(Directive::pass_phrase_provider, "/a\0b"sv).ok());
}
