// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/pass_phrases.h"

#include <openssl/crypto.h>

#include "core/ascii.h"
#include "glue/log.h"
#include "glue/proftpd.h"
#include "glue/provider_program.h"

namespace mod_tls::glue {

namespace {

using core::KeyQuestion;
using core::Result;
using ossl::PassPhrase;

constexpr int kTypings = 3;

bool same(const PassPhrase &a, const PassPhrase &b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.c_str(), b.c_str(), a.size()) == 0;
}

}  // namespace

Result<PassPhrase> PassPhraseAsker::ask(const KeyQuestion &question) {
  return provider_.empty() ? ask_person(question) : ask_program(question);
}

Result<PassPhrase> PassPhraseAsker::ask_program(const KeyQuestion &question) const {
  return run_provider(
      provider_, {core::provider_argument(server_), question.type},
      [this](const std::string &text) {
        log_debug(DEBUG5, "stderr from " + core::quoted(provider_) + ": " + core::printable(text));
      });
}

Result<PassPhrase> PassPhraseAsker::ask_person(const KeyQuestion &question) {
  const auto terminal = Terminal::open();
  if (!terminal) return terminal.error();
  if (!introduced_) terminal.value().say(core::kPassPhraseBanner);
  introduced_ = true;
  terminal.value().say("\n");
  if (question.wrong_before) {
    terminal.value().say(std::string(core::wrong_answer_text(question)) + "\n");
  }
  return ask_twice(terminal.value(), core::prompt_for(question, server_));
}

/// Typed unseen, so typed twice.
Result<PassPhrase> PassPhraseAsker::ask_twice(const Terminal &terminal, const std::string &prompt) {
  for (int i = 0; i < kTypings; i++) {
    auto first = terminal.read_secret(prompt);
    if (!first) return first;
    if (first->empty()) {
      terminal.say("Error: passphrase must be at least one character\n");
      continue;
    }
    auto second = terminal.read_secret("Verify: " + prompt);
    if (!second) return second;
    if (same(*first, *second)) return first;
    terminal.say("Passphrases do not match.  Please try again.\n");
  }
  return core::Error{core::Errc::bad_value, "no pass phrase was typed twice alike at the terminal"};
}

}  // namespace mod_tls::glue
