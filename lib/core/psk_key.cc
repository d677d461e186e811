// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/psk_key.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

constexpr std::string_view kFormat = "hex:";
constexpr std::string_view kDigits = "0123456789abcdef0123456789ABCDEF";

Error unusable(std::string message) {
  return {Errc::unusable, std::move(message)};
}

Status check_identity(std::string_view identity) {
  if (identity.size() > kMaxPskIdentity) {
    return Error{Errc::bad_value, "TLSPreSharedKey identity " + quoted(identity) +
                                      " exceed maximum length " + std::to_string(kMaxPskIdentity)};
  }
  if (!identity.empty() && !has_control_character(identity)) return success();
  return Error{Errc::bad_value, "TLSPreSharedKey identity " + quoted(identity) +
                                    " cannot be used (allowed: text of 1 to " +
                                    std::to_string(kMaxPskIdentity) + " characters)"};
}

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::uint8_t value_of(char digit) {
  return static_cast<std::uint8_t>(kDigits.find(digit) % 16);
}

Status check_digits(std::string_view digits) {
  if (digits.empty()) return unusable("the file is empty (write the key in hexadecimal digits)");
  if (digits.find_first_not_of(kDigits) != std::string_view::npos) {
    return unusable("the file contains something other than hexadecimal digits");
  }
  if (digits.size() % 2 != 0) {
    return unusable("an odd number of hexadecimal digits: one is missing, or one too many");
  }
  const std::size_t bytes = digits.size() / 2;
  if (bytes > kMaxPskBytes) {
    return unusable("the key is longer than " + std::to_string(kMaxPskBytes) + " bytes");
  }
  if (bytes * 8 >= kMinPskBits) return success();
  return unusable("the key has only " + std::to_string(bytes * 8) + " bits; at least " +
                  std::to_string(kMinPskBits) +
                  " are needed, and 256 are good (`openssl rand -hex 32`)");
}

}  // namespace

Result<PskFile> parse_psk(std::span<const std::string_view> words) {
  if (words.size() < 2) return Error{Errc::bad_syntax, "missing parameters"};
  if (auto status = check_identity(words[0]); !status) return std::move(status).error();
  const std::string_view path = words[1].substr(std::min(kFormat.size(), words[1].size()));
  if (!words[1].starts_with(kFormat)) {
    return Error{Errc::bad_value, "unsupported TLSPreSharedKey format: " + quoted(words[1]) +
                                      " (allowed: hex:/path/to/file)"};
  }
  if (!path.starts_with('/') || has_control_character(path)) {
    return Error{Errc::bad_value, "parameter must be an absolute path: " + quoted(words[1]) +
                                      " (write hex:/path/to/file)"};
  }
  return PskFile{std::string(words[0]), std::string(path)};
}

Result<SecretBytes> decode_psk(std::string_view text) {
  const std::string_view digits = without_line_end(text);
  if (auto status = check_digits(digits); !status) return std::move(status).error();
  std::vector<std::uint8_t> bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(value_of(digits[i]) << 4 | value_of(digits[i + 1])));
  }
  return SecretBytes{std::move(bytes)};
}

std::string to_string(const PskFile &file) {
  return file.identity + " hex:" + file.path;
}

std::string psk_lookup_line(std::string_view identity, std::size_t key_bytes, std::size_t known) {
  if (key_bytes > 0) {
    return "found PSK (" + std::to_string(key_bytes) + " bytes) for identity " + quoted(identity);
  }
  if (identity.empty()) {
    return "error: client did not provide PSK identity name, providing random fake PSK";
  }
  if (known == 0) {
    return "warning: no pre-shared keys configured, providing random fake PSK for identity " +
           quoted(identity);
  }
  return "warning: requested PSK identity " + quoted(identity) +
         " not configured, providing random fake PSK";
}

}  // namespace mod_tls::core
