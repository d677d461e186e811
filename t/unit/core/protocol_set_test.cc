// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/protocol_set.h"

#include "words.h"

#include "CppUTest/TestHarness.h"
#include "checks.h"

using namespace mod_tls::core;
using mod_tls::test::check_refused;
using mod_tls::test::split_words;

namespace {

struct Good {
  const char *line;
  const char *set;
};

constexpr Good kGood[] = {
    {"SSLv3", "SSLv3"},
    {"TLSv1", "TLSv1"},
    {"TLSv1.0", "TLSv1"},
    {"TLSv1.1", "TLSv1.1"},
    {"tlsv1.2", "TLSv1.2"},
    {"TLSV1.3", "TLSv1.3"},
    {"TLSv1.3 TLSv1.2", "TLSv1.2, TLSv1.3"},
    {"TLSv1.2 TLSv1.2", "TLSv1.2"},
    {"TLSv1 TLSv1.3", "TLSv1, TLSv1.3"},
    {"SSLv23", "SSLv3, TLSv1, TLSv1.1, TLSv1.2, TLSv1.3"},
    {"TLSv1.2 sslv23", "SSLv3, TLSv1, TLSv1.1, TLSv1.2, TLSv1.3"},
    {"ALL", "SSLv3, TLSv1, TLSv1.1, TLSv1.2, TLSv1.3"},
    {"all -SSLv3", "TLSv1, TLSv1.1, TLSv1.2, TLSv1.3"},
    {"ALL -SSLv3 -TLSv1.0 -TLSv1.1", "TLSv1.2, TLSv1.3"},
    {"ALL -TLSv1.1", "SSLv3, TLSv1, TLSv1.2, TLSv1.3"},
    {"ALL -TLSv1 +TLSv1", "SSLv3, TLSv1, TLSv1.1, TLSv1.2, TLSv1.3"},
    {"ALL +TLSv1 -TLSv1", "SSLv3, TLSv1.1, TLSv1.2, TLSv1.3"},
};

struct Bad {
  const char *line;
  const char *start;
};

constexpr Bad kBad[] = {
    {"", "wrong number of parameters"},
    {"TLSv9", "unknown protocol: 'TLSv9' (allowed: ALL"},
    {"TLSv1.2 nonsense", "unknown protocol: 'nonsense'"},
    {"SSLv2", "unknown protocol: 'SSLv2'"},
    {"TLSv1 ALL", "unknown protocol: 'ALL'"},
    {"+TLSv1.2", "unknown protocol: '+TLSv1.2'"},
    {"TLSv1.2,TLSv1.3", "unknown protocol: 'TLSv1.2,TLSv1.3'"},
    {"ALL TLSv1", "missing required +/- prefix: TLSv1 "},
    {"ALL ALL", "missing required +/- prefix: ALL "},
    {"ALL -", "unknown protocol: '-'"},
    {"ALL -TLSv9", "unknown protocol: '-TLSv9'"},
    {"ALL +SSLv23", "unknown protocol: '+SSLv23'"},
    {"ALL -ALL", "unknown protocol: '-ALL'"},
    {"ALL -SSLv3 -TLSv1 -TLSv1.1 -TLSv1.2 -TLSv1.3", "no protocol left"},
};

}  // namespace

TEST_GROUP(ProtocolSet){};

TEST(ProtocolSet, EveryDocumentedFormIsTaken) {
  for (const Good &row : kGood) {
    const auto result = parse_protocols(split_words(row.line));
    CHECK_TRUE_TEXT(result.ok(), row.line);
    STRCMP_EQUAL_TEXT(row.set, to_string(*result).c_str(), row.line);
  }
}

TEST(ProtocolSet, ErrorsNameTheWordAndWhatIsAllowed) {
  for (const Bad &row : kBad) {
    check_refused(parse_protocols(split_words(row.line)), row.start, row.line);
  }
}

TEST(ProtocolSet, AnEmptyWordIsAnError) {
  const std::string_view words[] = {""};
  STRCMP_CONTAINS("unknown protocol: ''", parse_protocols(words).error().message.c_str());
}

TEST(ProtocolSet, TheDefaultIsTls12And13) {
  STRCMP_EQUAL("TLSv1.2, TLSv1.3", to_string(kDefaultProtocols).c_str());
}

TEST(ProtocolSet, GapsAreLegalAndTold) {
  CHECK_TRUE((ProtocolSet{Protocol::tlsv1, Protocol::tlsv1_2}.has_gap()));
  CHECK_TRUE((ProtocolSet{Protocol::sslv3, Protocol::tlsv1_3}.has_gap()));
  CHECK_FALSE((ProtocolSet{Protocol::tlsv1_1, Protocol::tlsv1_2}.has_gap()));
  CHECK_FALSE(ProtocolSet{Protocol::tlsv1_3}.has_gap());
  CHECK_FALSE(ProtocolSet{}.has_gap());
}

TEST(ProtocolSet, LowestAndHighestAreTheEndsOfTheSet) {
  const ProtocolSet set{Protocol::tlsv1_3, Protocol::tlsv1};
  CHECK_TRUE(set.lowest() == Protocol::tlsv1);
  CHECK_TRUE(set.highest() == Protocol::tlsv1_3);
  for (const Protocol p : kAllProtocols) {
    CHECK_TRUE(ProtocolSet{p}.lowest() == p);
    CHECK_TRUE(ProtocolSet{p}.highest() == p);
  }
}

TEST(ProtocolSet, EveryProtocolNameParsesBackToIt) {
  for (const Protocol p : kAllProtocols) {
    const std::string_view words[] = {protocol_name(p)};
    CHECK_TRUE(*parse_protocols(words) == ProtocolSet{p});
  }
}

TEST(ProtocolSet, WhatIsSupportedIsOneLine) {
  STRCMP_EQUAL("supporting TLSv1.2, TLSv1.3 protocols", supporting_text(kDefaultProtocols).c_str());
  STRCMP_EQUAL("supporting TLSv1 protocol only",
               supporting_text(ProtocolSet{Protocol::tlsv1}).c_str());
  STRCMP_EQUAL("supporting no protocol at all", supporting_text(ProtocolSet{}).c_str());
}
