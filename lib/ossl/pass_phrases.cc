// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/pass_phrases.h"

#include <algorithm>
#include <utility>

#include "core/key_uri.h"

namespace mod_tls::ossl {

namespace {

constexpr int kAttempts = 3;

core::Error nobody_to_ask(bool known) {
  const std::string_view why =
      known ? "it is protected by another pass phrase than before"
            : "it is protected by a pass phrase that nobody has been asked for yet";
  return {core::Errc::unusable,
          std::string(why) + "; reload the server with a TLSPassPhraseProvider, or restart it"};
}

core::Error wrong_pin() {
  return {core::Errc::unusable,
          "the PIN is wrong (it is tried once only, because tokens lock themselves after a few "
          "wrong ones); correct it, then restart or reload the server"};
}

/// One trial in all, of the PIN that was right before if there is one.
core::Status unlock_token(const core::KeyQuestion &question, const PassPhrases &phrases,
                          const std::function<bool(const PassPhrase &)> &opens) {
  if (phrases.store != nullptr && phrases.store->is_refused(question.file)) return wrong_pin();
  const PassPhrase *known = phrases.store == nullptr ? nullptr : phrases.store->find(question.file);
  if (known != nullptr) {
    if (opens(*known)) return core::success();
    phrases.store->refuse(question.file);
    return wrong_pin();
  }
  if (phrases.source == nullptr) return nobody_to_ask(false);
  auto answer = phrases.source->ask(question);
  if (!answer) return std::move(answer).error();
  const bool right = opens(*answer);
  if (right && phrases.store != nullptr) phrases.store->keep(question.file, std::move(*answer));
  if (right) return core::success();
  if (phrases.store != nullptr) phrases.store->refuse(question.file);
  return wrong_pin();
}

}  // namespace

const PassPhrase *PassPhraseStore::find(const std::string &file) const {
  const auto found = phrases_.find(file);
  return found == phrases_.end() ? nullptr : &found->second;
}

void PassPhraseStore::keep(const std::string &file, PassPhrase phrase) {
  phrases_.insert_or_assign(file, std::move(phrase));
}

void PassPhraseStore::refuse(const std::string &token) {
  phrases_.erase(token);
  refused_.push_back(token);
}

bool PassPhraseStore::is_refused(const std::string &token) const {
  return std::ranges::find(refused_, token) != refused_.end();
}

void PassPhraseStore::keep_only(const std::vector<std::string> &files) {
  std::erase_if(phrases_, [&files](const auto &entry) {
    return std::ranges::find(files, entry.first) == files.end();
  });
}

void PassPhraseStore::lock() const {
  for (const auto &[file, phrase] : phrases_) phrase.lock();
}

core::Status unlock(core::KeyQuestion question, const PassPhrases &phrases,
                    const std::function<bool(const PassPhrase &)> &opens) {
  if (core::is_token_uri(question.file)) return unlock_token(question, phrases, opens);
  const PassPhrase *known = phrases.store == nullptr ? nullptr : phrases.store->find(question.file);
  if (known != nullptr && opens(*known)) return core::success();
  if (phrases.source == nullptr) return nobody_to_ask(known != nullptr);
  for (int attempt = 0; attempt < kAttempts; attempt++) {
    auto answer = phrases.source->ask(question);
    if (!answer) return std::move(answer).error();
    if (opens(*answer)) {
      if (phrases.store != nullptr) phrases.store->keep(question.file, std::move(*answer));
      return core::success();
    }
    question.wrong_before = true;
  }
  return core::Error{core::Errc::unusable, "the pass phrase is wrong (given 3 times)"};
}

}  // namespace mod_tls::ossl
