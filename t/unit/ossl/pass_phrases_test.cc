// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/pass_phrases.h"

#include <sys/mman.h>

#include <cerrno>
#include <deque>

#include "CppUTest/TestHarness.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;

namespace {

ossl::PassPhrase phrase_of(std::string_view text) {
  ossl::PassPhrase phrase;
  for (const char c : text) CHECK_TRUE(phrase.append(c));
  return phrase;
}

/// Gives prepared answers and notes the questions.
struct FakeSource : ossl::PassPhraseSource {
  core::Result<ossl::PassPhrase> ask(const core::KeyQuestion &question) override {
    asked += question.wrong_before ? "again " : "first ";
    if (answers.empty()) return core::Error{core::Errc::io, "no answer"};
    auto answer = phrase_of(answers.front());
    answers.pop_front();
    return answer;
  }

  std::deque<std::string> answers;
  std::string asked;
};

}  // namespace

TEST_GROUP(PassPhrases) {
  ossl::PassPhraseStore store;
  FakeSource source;

  std::string outcome(ossl::PassPhraseSource * asked, const char *file = "/key") {
    const auto status =
        ossl::unlock({"RSA", file, false}, {&store, asked},
                     [](const ossl::PassPhrase &phrase) { return phrase.view() == "sesame"; });
    return status ? "opened" : status.error().message;
  }
};

TEST(PassPhrases, TakeTextUpToTheirLimitAndNoNul) {
  ossl::PassPhrase phrase;
  CHECK_TRUE(phrase.empty());
  CHECK_FALSE(phrase.append('\0'));
  for (std::size_t i = 0; i < ossl::PassPhrase::kLongest; i++) CHECK_TRUE(phrase.append('x'));
  CHECK_FALSE(phrase.append('x'));
  LONGS_EQUAL(1023, std::string(phrase.c_str()).size());
  phrase.clear();
  STRCMP_EQUAL("", phrase.c_str());
}

TEST(PassPhrases, LoseTheEndOfTheLineAndNothingElse) {
  auto phrase = phrase_of(" a\nb \r\n\n");
  phrase.trim_end_of_line();
  STRCMP_EQUAL(" a\nb ", phrase.c_str());
  phrase.drop_last();
  STRCMP_EQUAL(" a\nb", phrase.c_str());
}

TEST(PassPhrases, AreWipedWhenTheyAreCleared) {
  auto phrase = phrase_of("sesame");
  const char *text = phrase.c_str();
  phrase.clear();
  for (std::size_t i = 0; i < ossl::PassPhrase::kLongest; i++) BYTES_EQUAL(0, text[i]);
}

TEST(PassPhrases, LeaveNoMemoryBehindWhenTheyGo) {
  char *page = nullptr;
  {
    auto moved = phrase_of("sesame");
    const auto target = std::move(moved);
    page = const_cast<char *>(target.c_str());
    LONGS_EQUAL(0, ::msync(page, 1, MS_ASYNC));  // it is there
  }
  LONGS_EQUAL(-1, ::msync(page, 1, MS_ASYNC));
  LONGS_EQUAL(ENOMEM, errno);
}

TEST(PassPhrases, TheSourceIsAskedOnceAndTheAnswerKept) {
  source.answers = {"sesame"};
  STRCMP_EQUAL("opened", outcome(&source).c_str());
  STRCMP_EQUAL("opened", outcome(&source).c_str());
  STRCMP_EQUAL("opened", outcome(nullptr).c_str());
  STRCMP_EQUAL("first ", source.asked.c_str());
}

TEST(PassPhrases, AWrongAnswerIsAskedForThreeTimesInAll) {
  source.answers = {"a", "b", "sesame"};
  STRCMP_EQUAL("opened", outcome(&source).c_str());
  STRCMP_EQUAL("first again again ", source.asked.c_str());
  store.wipe();
  source.answers = {"a", "b", "c", "sesame"};
  STRCMP_EQUAL("the pass phrase is wrong (given 3 times)", outcome(&source).c_str());
  LONGS_EQUAL(0, store.size());
}

TEST(PassPhrases, ThePinOfATokenIsTriedOnceWhoeverAsks) {
  source.answers = {"a", "sesame"};
  STRCMP_CONTAINS("the PIN is wrong", outcome(&source, "pkcs11:object=key").c_str());
  STRCMP_CONTAINS("the PIN is wrong", outcome(&source, "pkcs11:object=key").c_str());
  STRCMP_EQUAL("first ", source.asked.c_str());
  store.retry();
  STRCMP_EQUAL("opened", outcome(&source, "pkcs11:object=key").c_str());
  STRCMP_EQUAL("opened", outcome(nullptr, "pkcs11:object=key").c_str());
}

TEST(PassPhrases, ThePinThatATokenHadBeforeIsForgottenOnceItIsWrong) {
  store.keep("pkcs11:object=key", phrase_of("old"));
  source.answers = {"sesame"};
  STRCMP_CONTAINS("the PIN is wrong", outcome(&source, "pkcs11:object=key").c_str());
  STRCMP_EQUAL("", source.asked.c_str());
  POINTERS_EQUAL(nullptr, store.find("pkcs11:object=key"));
}

TEST(PassPhrases, NoAnswerEndsIt) {
  STRCMP_EQUAL("no answer", outcome(&source).c_str());
  STRCMP_EQUAL("first ", source.asked.c_str());
}

TEST(PassPhrases, WithoutASourceTheStoreDecides) {
  STRCMP_CONTAINS("that nobody has been asked for yet", outcome(nullptr).c_str());
  store.keep("/key", phrase_of("old"));
  STRCMP_CONTAINS("another pass phrase than before", outcome(nullptr).c_str());
  source.answers = {"sesame"};
  STRCMP_EQUAL("opened", outcome(&source).c_str());
  STRCMP_EQUAL("sesame", store.find("/key")->c_str());
}

TEST(PassPhrases, WhatIsNotNamedAnyMoreIsForgotten) {
  store.keep("/a", phrase_of("1"));
  store.keep("/b", phrase_of("2"));
  store.lock();
  store.keep_only({"/b", "/c"});
  POINTERS_EQUAL(nullptr, store.find("/a"));
  STRCMP_EQUAL("2", store.find("/b")->c_str());
  store.wipe();
  LONGS_EQUAL(0, store.size());
}
