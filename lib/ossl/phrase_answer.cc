// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/phrase_answer.h"

#include <cstring>

namespace mod_tls::ossl {

int answer_with_phrase(char *buffer, int size, int, void *data) noexcept {
  auto *answer = static_cast<PhraseAnswer *>(data);
  answer->asked = true;
  if (answer->phrase == nullptr || size < 0) return -1;
  const std::string_view text = answer->phrase->view();
  if (text.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, text.data(), text.size());
  return static_cast<int>(text.size());
}

}  // namespace mod_tls::ossl
