// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <utility>

#include "core/pass_phrase_text.h"
#include "glue/terminal.h"
#include "ossl/pass_phrases.h"

namespace mod_tls::glue {

/// Asks for pass phrases while the server starts or reads its configuration again: the program of
/// TLSPassPhraseProvider, or, without one, the person at the terminal.
class PassPhraseAsker : public ossl::PassPhraseSource {
 public:
  explicit PassPhraseAsker(std::string provider) : provider_(std::move(provider)) {}

  /// Whose keys the next questions are about.
  void set_server(core::ServerLabel server) { server_ = std::move(server); }
  core::Result<ossl::PassPhrase> ask(const core::KeyQuestion &question) override;

 private:
  [[nodiscard]] core::Result<ossl::PassPhrase> ask_program(const core::KeyQuestion &question) const;
  core::Result<ossl::PassPhrase> ask_person(const core::KeyQuestion &question);
  static core::Result<ossl::PassPhrase> ask_twice(const Terminal &terminal,
                                                  const std::string &prompt);

  std::string provider_;
  core::ServerLabel server_;
  bool introduced_ = false;
};

}  // namespace mod_tls::glue
