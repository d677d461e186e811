// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

namespace mod_tls::ossl {

/// One entry of the thread's OpenSSL error queue.
struct LibraryError {
  unsigned long code = 0;
  std::string text;  ///< "error:0A000126:SSL routines::unexpected eof while reading"
  std::string data;  ///< Additional text, or empty.
};

/// Empties the queue. Called before every SSL_* call, so that what is found after it is its own.
void clear_errors();

/// Empties the queue for good: OpenSSL keeps the memory of texts that were in it, and writes to it
/// with every clear_errors(). To be done before a fork, after which that would copy pages.
void shed_error_texts();

/// Takes all entries off the queue, oldest first. No other file reads the queue.
[[nodiscard]] std::vector<LibraryError> take_errors();

/// Whether one of the errors is `reason` (SSL_R_*) of libssl.
[[nodiscard]] bool has_ssl_reason(const std::vector<LibraryError> &errors, int reason);

/// The errors as TLSLog shows them: each on a line of its own behind
/// "\n  (<i>) ", data in brackets; "(unknown)" if there is none.
[[nodiscard]] std::string to_stack_text(const std::vector<LibraryError> &errors);

/// The errors in one line, separated by "; "; "(unknown)" if there is none.
[[nodiscard]] std::string to_line(const std::vector<LibraryError> &errors);

}  // namespace mod_tls::ossl
