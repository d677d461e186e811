// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/variables.h"

#include <algorithm>

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

namespace {

constexpr ExportChoice kStandard{.standard = true};
constexpr ExportChoice kCertificates{.certificates = true};
constexpr ExportChoice kBoth{.standard = true, .certificates = true};

CertificateFacts certificate(const std::string &name) {
  return {.version = 3,
          .serial = "305419896123456789",
          .subject = "CN = " + name,
          .issuer = "CN = root",
          .subject_parts = {{"CN", name}, {"Email", "a@b"}},
          .issuer_parts = {{"CN", "root"}},
          .begins = "from",
          .ends = "to",
          .signature_algorithm = "sig",
          .key_algorithm = "key",
          .pem = "PEM " + name};
}

SessionFacts facts() {
  return {.protocol = "TLSv1.3",
          .session_id = "AB",
          .cipher = "CIPHER",
          .bits_used = 256,
          .bits_possible = 256,
          .group = "x25519",
          .server_name = "ftp.example",
          .library = "lib",
          .server = certificate("server")};
}

std::string value_of(const std::vector<Variable> &list, std::string_view name) {
  const auto found = std::ranges::find(list, name, &Variable::name);
  return found == list.end() ? "(none)" : found->value;
}

}  // namespace

TEST_GROUP(Variables){};

TEST(Variables, NothingIsExportedWithoutAnOption) {
  CHECK_TRUE(environment_of(facts(), {}).empty());
}

TEST(Variables, TheSessionIsDescribed) {
  const auto list = environment_of(facts(), kStandard);
  const std::pair<const char *, const char *> expected[] = {
      {"FTPS", "1"},
      {"TLS_PROTOCOL", "TLSv1.3"},
      {"TLS_SESSION_ID", "AB"},
      {"TLS_CIPHER", "CIPHER"},
      {"TLS_CIPHER_EXPORT", "(none)"},
      {"TLS_CIPHER_KEYSIZE_POSSIBLE", "256"},
      {"TLS_CIPHER_KEYSIZE_USED", "256"},
      {"TLS_GROUP", "x25519"},
      {"TLS_SESSION_RESUMED", "Initial"},
      {"TLS_SERVER_NAME", "ftp.example"},
      {"TLS_LIBRARY_VERSION", "lib"},
      {"TLS_LIBRARY_VERSIONS", "lib"},
      {"TLS_SERVER_M_VERSION", "3"},
      {"TLS_SERVER_M_SERIAL", "305419896123456789"},
      {"TLS_SERVER_S_DN", "CN = server"},
      {"TLS_SERVER_S_DN_CN", "server"},
      {"TLS_SERVER_S_DN_Email", "a@b"},
      {"TLS_SERVER_I_DN", "CN = root"},
      {"TLS_SERVER_I_DN_CN", "root"},
      {"TLS_SERVER_V_START", "from"},
      {"TLS_SERVER_V_END", "to"},
      {"TLS_SERVER_A_SIG", "sig"},
      {"TLS_SERVER_A_KEY", "key"},
      {"TLS_SERVER_CERT", "(none)"},
      {"TLS_CLIENT_S_DN", "(none)"}};
  for (const auto &[name, value] : expected) STRCMP_EQUAL(value, value_of(list, name).c_str());
}

TEST(Variables, ACipherOfFewBitsIsCalledExport) {
  SessionFacts weak = facts();
  weak.bits_used = 40;
  STRCMP_EQUAL("1", value_of(environment_of(weak, kStandard), "TLS_CIPHER_EXPORT").c_str());
}

TEST(Variables, OnlyCertificatesAreExportedWithThatOptionAlone) {
  SessionFacts f = facts();
  f.client = certificate("alice");
  f.client_chain = {"one", "two"};
  const std::vector<Variable> expected = {{"TLS_CLIENT_CERT", "PEM alice"},
                                          {"TLS_SERVER_CERT", "PEM server"},
                                          {"TLS_CLIENT_CERT_CHAIN1", "one"},
                                          {"TLS_CLIENT_CERT_CHAIN2", "two"}};
  CHECK_TRUE(environment_of(f, kCertificates) == expected);
}

TEST(Variables, BothOptionsAddUp) {
  const auto list = environment_of(facts(), kBoth);
  STRCMP_EQUAL("1", value_of(list, "FTPS").c_str());
  STRCMP_EQUAL("PEM server", value_of(list, "TLS_SERVER_CERT").c_str());
}

TEST(Variables, AClientCertificateHasVariablesLikeTheServers) {
  SessionFacts f = facts();
  f.client = certificate("alice");
  const auto list = environment_of(f, kStandard);
  STRCMP_EQUAL("alice", value_of(list, "TLS_CLIENT_S_DN_CN").c_str());
  STRCMP_EQUAL("305419896123456789", value_of(list, "TLS_CLIENT_M_SERIAL").c_str());
}

TEST(Variables, NotesAreAFewOfThem) {
  SessionFacts f = facts();
  STRCMP_EQUAL("(none)", value_of(notes_of(f), "TLS_CLIENT_S_DN_CN").c_str());
  f.client = certificate("alice");
  f.resumed = true;
  const auto list = notes_of(f);
  STRCMP_EQUAL("alice", value_of(list, "TLS_CLIENT_S_DN_CN").c_str());
  STRCMP_EQUAL("key", value_of(list, "TLS_CLIENT_A_KEY").c_str());
  STRCMP_EQUAL("sig", value_of(list, "TLS_CLIENT_A_SIG").c_str());
  STRCMP_EQUAL("Resumed", value_of(list, "TLS_SESSION_RESUMED").c_str());
}

TEST(Variables, EveryNoteCanBeTakenAway) {
  SessionFacts f = facts();
  f.client = certificate("alice");
  const auto names = note_names();
  for (const Variable &note : notes_of(f)) {
    CHECK_TRUE(std::ranges::find(names, note.name) != names.end());
  }
  UNSIGNED_LONGS_EQUAL(names.size(), notes_of(f).size());
}

TEST(Variables, EmptyValuesAreLeftOut) {
  SessionFacts f = facts();
  f.server_name.clear();
  STRCMP_EQUAL("(none)", value_of(environment_of(f, kStandard), "TLS_SERVER_NAME").c_str());
  STRCMP_EQUAL("(none)", value_of(notes_of(f), "TLS_SERVER_NAME").c_str());
}
