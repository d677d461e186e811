// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mod_tls::core {

/// A key, or a PKCS#12 file, that does not open without a pass phrase.
struct KeyQuestion {
  std::string type;           ///< "RSA", "DSA", "EC", "ED25519"..., or "PKCS12".
  std::string file;           ///< Its path or URI; pass phrases are remembered by it.
  bool wrong_before = false;  ///< The last answer did not open it.
};

/// The server whose key it is, as the person who is asked knows it.
struct ServerLabel {
  std::string name;     ///< ServerName.
  std::string address;  ///< "192.0.2.1"
  std::uint16_t port = 0;
};

/// What is shown before the first question.
inline constexpr std::string_view kPassPhraseBanner =
    "\nPlease provide passphrases for these encrypted certificate keys:\n";

/// "RSA key for the 192.0.2.1#21 (ftp.example.org) server: "
[[nodiscard]] std::string prompt_for(const KeyQuestion &question, const ServerLabel &server);

/// What is shown when the answer did not open the key.
[[nodiscard]] std::string_view wrong_answer_text(const KeyQuestion &question);

/// The first argument of a TLSPassPhraseProvider, "ftp.example.org:21"; the second is the type.
[[nodiscard]] std::string provider_argument(const ServerLabel &server);

/// How a TLSPassPhraseProvider ended.
struct ProgramEnd {
  bool in_time = true;
  int signal = 0;          ///< That killed it, or 0.
  int status = 0;          ///< Its exit status.
  bool fitting = true;     ///< Its output is no longer than a pass phrase may be, and text.
  std::size_t length = 0;  ///< Of its output without the end of the line.
};

/// Why the output of `program` cannot be taken for a pass phrase; empty if it can.
[[nodiscard]] std::string provider_fault(std::string_view program, const ProgramEnd &end);

}  // namespace mod_tls::core
