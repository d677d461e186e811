// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/cipher_spec.h"

#include "words.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;
using mod_tls::test::split_words;

namespace {

constexpr auto kLegacy = CipherEdit::Class::legacy;
constexpr auto kTls13 = CipherEdit::Class::tls13;

struct Good {
  const char *line;
  CipherEdit::Class kind;
  const char *list;
};

constexpr Good kGood[] = {
    {"HIGH:!aNULL", kLegacy, "HIGH:!aNULL"},
    {"PROFILE=SYSTEM", kLegacy, "PROFILE=SYSTEM"},
    {"TLSv1.2 HIGH", kLegacy, "HIGH"},
    {"tlsv1.1 HIGH", kLegacy, "HIGH"},
    {"TLSV1.0 HIGH", kLegacy, "HIGH"},
    {"TLSv1.3 TLS_AES_128_GCM_SHA256", kTls13, "TLS_AES_128_GCM_SHA256"},
    {"tlsV1.3 TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256", kTls13,
     "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"},
};

struct Bad {
  const char *line;
  const char *start;
};

constexpr Bad kBad[] = {
    {"", "missing parameters"},
    {"TLSv1.3 A B", "wrong number of parameters"},
    {"TLSv1.2 A B C D", "wrong number of parameters"},
    {"TLSv1 HIGH", "unknown/unsupported protocol specifier: TLSv1 (allowed: TLSv1.0"},
    {"SSLv3 HIGH", "unknown/unsupported protocol specifier: SSLv3"},
    {"HIGH MEDIUM", "unknown/unsupported protocol specifier: HIGH"},
    {"TLS_AES_128_GCM_SHA256",
     "use of TLSv1.3 ciphersuite in 'TLS_AES_128_GCM_SHA256' requires protocol parameter; use "
     "'TLSCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256'"},
};

}  // namespace

TEST_GROUP(CipherSpec){};

TEST(CipherSpec, EveryDocumentedFormSetsItsClass) {
  for (const Good &row : kGood) {
    const auto result = parse_cipher_suite(split_words(row.line));
    CHECK_TRUE_TEXT(result.ok(), row.line);
    CHECK_TRUE_TEXT(result->kind == row.kind, row.line);
    STRCMP_EQUAL_TEXT(row.list, result->list.c_str(), row.line);
  }
}

TEST(CipherSpec, ErrorsStartAsTheyAlwaysDid) {
  for (const Bad &row : kBad) {
    check_refused(parse_cipher_suite(split_words(row.line)), row.start, row.line);
  }
}

TEST(CipherSpec, EmptyListsAndControlCharactersAreRefused) {
  using namespace std::string_view_literals;
  for (const std::string_view list : {""sv, "HIGH\n"sv, "HI\0GH"sv}) {
    const std::string_view plain[] = {list};
    const std::string_view tls13[] = {"TLSv1.3", list};
    CHECK_FALSE(parse_cipher_suite(plain).ok());
    CHECK_FALSE(parse_cipher_suite(tls13).ok());
  }
}

TEST(CipherSpec, ExportCiphersAreExcludedUnlessASystemPolicyIsNamed) {
  STRCMP_EQUAL("HIGH:!EXPORT", effective_legacy_list("HIGH").c_str());
  STRCMP_EQUAL("PROFILE=SYSTEM", effective_legacy_list("PROFILE=SYSTEM").c_str());
  STRCMP_EQUAL("HIGH:PROFILE=SYSTEM:!EXPORT", effective_legacy_list("HIGH:PROFILE=SYSTEM").c_str());
}
