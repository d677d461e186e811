// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/error_queue.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>

#include "core/ascii.h"

namespace mod_tls::ossl {

namespace {

constexpr char kNoErrors[] = "(unknown)";

std::string text_of(unsigned long code) {
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

std::string shown(const LibraryError &error) {
  return error.data.empty() ? error.text : error.text + " [" + error.data + "]";
}

}  // namespace

void clear_errors() {
  ERR_clear_error();
}

void shed_error_texts() {
  constexpr int kMoreThanTheQueueHolds = 32;
  static char empty[] = "";  // OpenSSL frees none that is not its own
  for (int i = 0; i < kMoreThanTheQueueHolds; i++) {
    ERR_raise(ERR_LIB_USER, 1);
    ERR_set_error_data(empty, ERR_TXT_STRING);
  }
  clear_errors();
}

std::vector<LibraryError> take_errors() {
  std::vector<LibraryError> errors;
  for (;;) {
    const char *data = nullptr;
    int flags = 0;
    const unsigned long code = ERR_get_error_all(nullptr, nullptr, nullptr, &data, &flags);
    if (code == 0) return errors;
    const bool has_data = data != nullptr && (flags & ERR_TXT_STRING) != 0;
    errors.push_back({code, text_of(code), has_data ? core::printable(data) : std::string{}});
  }
}

bool has_ssl_reason(const std::vector<LibraryError> &errors, int reason) {
  return std::ranges::any_of(errors, [reason](const LibraryError &error) {
    return ERR_GET_LIB(error.code) == ERR_LIB_SSL && ERR_GET_REASON(error.code) == reason;
  });
}

std::string to_stack_text(const std::vector<LibraryError> &errors) {
  if (errors.empty()) return kNoErrors;
  std::string text;
  for (std::size_t i = 0; i < errors.size(); i++) {
    text += "\n  (" + std::to_string(i + 1) + ") " + shown(errors[i]);
  }
  return text;
}

std::string to_line(const std::vector<LibraryError> &errors) {
  if (errors.empty()) return kNoErrors;
  std::string text;
  for (const LibraryError &error : errors) {
    if (!text.empty()) text += "; ";
    text += shown(error);
  }
  return text;
}

}  // namespace mod_tls::ossl
