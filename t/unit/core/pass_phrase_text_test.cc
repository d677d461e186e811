// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/pass_phrase_text.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

TEST_GROUP(PassPhraseText) {
  ServerLabel server{"ftp.example.org", "192.0.2.1", 21};
};

TEST(PassPhraseText, ThePromptNamesKeyAndServer) {
  STRCMP_EQUAL("RSA key for the 192.0.2.1#21 (ftp.example.org) server: ",
               prompt_for({"RSA", "/a", false}, server).c_str());
  STRCMP_EQUAL("PKCS12 password for the 192.0.2.1#21 (ftp.example.org) server: ",
               prompt_for({"PKCS12", "/a", false}, server).c_str());
  server.name = "bad\nname";
  STRCMP_EQUAL("EC key for the 192.0.2.1#21 (bad?name) server: ",
               prompt_for({"EC", "/a", false}, server).c_str());
}

TEST(PassPhraseText, AWrongAnswerIsNamedForWhatItDidNotOpen) {
  CHECK_TRUE(wrong_answer_text({"EC", "/a", true}) ==
             "Wrong passphrase for this key.  Please try again.");
  CHECK_TRUE(wrong_answer_text({"PKCS12", "/a", true}) ==
             "Wrong password for this PKCS12 file.  Please try again.");
}

TEST(PassPhraseText, AProviderIsToldNameAndPort) {
  STRCMP_EQUAL("ftp.example.org:21", provider_argument(server).c_str());
}

TEST(PassPhraseText, Q24EveryBadEndOfAProviderIsAFault) {
  const auto fault = [](ProgramEnd end) { return provider_fault("/bin/p", end); };
  STRCMP_EQUAL("", fault({.length = 6}).c_str());
  STRCMP_EQUAL("'/bin/p' did not answer within 10 seconds", fault({.in_time = false}).c_str());
  STRCMP_EQUAL("'/bin/p' died from signal 9", fault({.signal = 9, .length = 6}).c_str());
  STRCMP_EQUAL("'/bin/p' ended with status 3", fault({.status = 3, .length = 6}).c_str());
  STRCMP_CONTAINS("cannot be a pass phrase", fault({.fitting = false, .length = 1023}).c_str());
  STRCMP_EQUAL("'/bin/p' did not write a pass phrase", fault({}).c_str());
}
