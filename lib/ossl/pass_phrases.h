// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/pass_phrase_text.h"
#include "core/result.h"
#include "ossl/pass_phrase.h"

namespace mod_tls::ossl {

/// Somebody who can be asked for a pass phrase: a program, or a person at a terminal.
class PassPhraseSource {
 public:
  PassPhraseSource() = default;
  PassPhraseSource(const PassPhraseSource &) = delete;
  PassPhraseSource &operator=(const PassPhraseSource &) = delete;
  virtual ~PassPhraseSource() = default;

  /// An answer, right or wrong. The error says why there is none; asking again is no use then.
  virtual core::Result<PassPhrase> ask(const core::KeyQuestion &question) = 0;
};

/// PassPhraseStore remembers which pass phrase opened which file, so that nobody is asked again
/// for a file that is renewed, or after a reload.
class PassPhraseStore {
 public:
  /// nullptr: none has been kept for this file.
  [[nodiscard]] const PassPhrase *find(const std::string &file) const;
  void keep(const std::string &file, PassPhrase phrase);
  /// Forgets those of all files but these.
  void keep_only(const std::vector<std::string> &files);
  void wipe() { phrases_.clear(); }
  /// Forgets the PIN of a token, which has turned out wrong, and tries none until retry().
  void refuse(const std::string &token);
  [[nodiscard]] bool is_refused(const std::string &token) const;
  void retry() { refused_.clear(); }
  /// Locks them in memory once more, after a fork.
  void lock() const;
  [[nodiscard]] std::size_t size() const { return phrases_.size(); }

 private:
  std::map<std::string, PassPhrase, std::less<>> phrases_;
  std::vector<std::string> refused_;
};

/// What a loader of keys may use. Without a source, only what is in the store is tried.
struct PassPhrases {
  PassPhraseStore *store = nullptr;
  PassPhraseSource *source = nullptr;
};

/// Finds the pass phrase for `question`: the stored one, else what the source answers, three times
/// at most; but the PIN of a token is tried once only. `opens` tries one; the one that does is
/// stored. The error's message is the cause alone.
core::Status unlock(core::KeyQuestion question, const PassPhrases &phrases,
                    const std::function<bool(const PassPhrase &)> &opens);

}  // namespace mod_tls::ossl
