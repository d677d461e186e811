// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/verify_words.h"

#include "config_line.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;
using mod_tls::test::parse_line;

namespace {

struct Row {
  const char *line;
  const char *start;
};

constexpr const char *kValid[] = {"TLSVerifyClient off",
                                  "TLSVerifyClient No",
                                  "TLSVerifyClient on",
                                  "TLSVerifyClient Optional",
                                  "TLSCARevocationFile /crl.pem",
                                  "TLSCARevocationPath /crls",
                                  "TLSVerifyDepth 0",
                                  "TLSVerifyDepth 10",
                                  "TLSVerifyOrder crl",
                                  "TLSVerifyOrder OCSP CRL",
                                  "TLSVerifyServer on",
                                  "TLSVerifyServer noreversedns",
                                  "TLSVerifyServer off",
                                  "TLSRandomSeed /dev/urandom",
                                  "TLSRandomSeed relative"};

constexpr Row kInvalid[] = {
    {"TLSVerifyClient maybe", "expected Boolean parameter: 'maybe'"},
    {"TLSCARevocationFile crl.pem", "parameter must be an absolute path: 'crl.pem'"},
    {"TLSCARevocationPath crls", "parameter must be an absolute path: 'crls'"},
    {"TLSVerifyDepth -1", "depth must be zero or greater: '-1'"},
    {"TLSVerifyDepth ten", "depth must be zero or greater: 'ten'"},
    {"TLSVerifyOrder dns", "unsupported verification mechanism 'dns' requested"},
    {"TLSVerifyOrder crl ocsp crl", "wrong number of parameters"},
    {"TLSVerifyServer NoDNS", "expected Boolean parameter: 'NoDNS'"},
    {"TLSServerInfoFile info.pem", "parameter must be an absolute path: 'info.pem'"},
    {"TLSDHParamFile dh.pem", "parameter must be an absolute path: 'dh.pem'"},
};

}  // namespace

TEST_GROUP(VerifyWords){};

TEST(VerifyWords, WhatHowtosWriteIsAccepted) {
  for (const char *line : kValid) CHECK_TRUE_TEXT(parse_line(line).ok(), line);
}

TEST(VerifyWords, OtherValuesAreRefused) {
  for (const Row &row : kInvalid) check_refused(parse_line(row.line), row.start, row.line);
}

TEST(VerifyWords, MechanismsKeepTheirOrder) {
  STRCMP_EQUAL("ocsp crl", std::get<std::string>(*parse_line("TLSVerifyOrder OCSP crl")).c_str());
}
