// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/cipher_words.h"

#include <algorithm>

namespace mod_tls::core {

namespace {

constexpr std::string_view kSeparators = ":,; ";

/// Words for groups of ciphers, those of older libraries included.
constexpr std::string_view kGroups[] = {
    "ALL",
    "COMPLEMENTOFALL",
    "COMPLEMENTOFDEFAULT",
    "DEFAULT",
    "HIGH",
    "MEDIUM",
    "LOW",
    "EXP",
    "EXPORT",
    "EXPORT40",
    "EXPORT56",
    "FIPS",
    "NULL",
    "aNULL",
    "eNULL",
    "RSA",
    "kRSA",
    "aRSA",
    "DSS",
    "aDSS",
    "DH",
    "kDH",
    "kDHr",
    "kDHd",
    "kDHE",
    "aDH",
    "ADH",
    "DHE",
    "EDH",
    "kEDH",
    "ECDH",
    "kECDH",
    "kECDHr",
    "kECDHe",
    "kECDHE",
    "aECDH",
    "AECDH",
    "ECDHE",
    "EECDH",
    "kEECDH",
    "ECDSA",
    "aECDSA",
    "SRP",
    "kSRP",
    "aSRP",
    "PSK",
    "kPSK",
    "aPSK",
    "kECDHEPSK",
    "kDHEPSK",
    "kRSAPSK",
    "KRB5",
    "kKRB5",
    "aKRB5",
    "FZA",
    "kFZA",
    "aFZA",
    "eFZA",
    "GOST94",
    "GOST89MAC",
    "kGOST",
    "aGOST",
    "aGOST01",
    "aGOST12",
    "GOST2012",
    "kGOST18",
    "SSLv2",
    "SSLv3",
    "TLSv1",
    "TLSv1.0",
    "TLSv1.2",
    "AES",
    "AES128",
    "AES256",
    "AESGCM",
    "AESCCM",
    "AESCCM8",
    "ARIA",
    "ARIA128",
    "ARIA256",
    "ARIAGCM",
    "CAMELLIA",
    "CAMELLIA128",
    "CAMELLIA256",
    "CHACHA20",
    "CBC",
    "3DES",
    "DES",
    "RC2",
    "RC4",
    "IDEA",
    "SEED",
    "MD5",
    "SHA",
    "SHA1",
    "SHA256",
    "SHA384",
    "SUITEB128",
    "SUITEB128ONLY",
    "SUITEB192",
};

/// Parts by which the ciphers that libraries have given up are known.
constexpr std::string_view kGivenUp[] = {"RC4-",  "RC2-", "DES-CBC",  "IDEA-CBC", "SEED-SHA",
                                         "KRB5-", "GOST", "CAMELLIA", "NULL-"};

bool names_cipher_given_up(std::string_view name) {
  if (name.starts_with("EXP-") || name.starts_with("EXP1024-")) return true;
  return std::ranges::any_of(
      kGivenUp, [name](auto part) { return name.find(part) != std::string_view::npos; });
}

/// "!aNULL" -> aNULL; "kRSA+AES" -> kRSA, AES; nothing for commands.
void add_words(std::string_view element, std::vector<std::string_view> &words) {
  if (!element.empty() && std::string_view("!-+").find(element[0]) != std::string_view::npos) {
    element.remove_prefix(1);
  }
  if (element.starts_with('@') || element.starts_with("PROFILE=")) return;
  while (!element.empty()) {
    const std::string_view word = element.substr(0, element.find('+'));
    if (!word.empty()) words.push_back(word);
    element.remove_prefix(std::min(word.size() + 1, element.size()));
  }
}

}  // namespace

std::vector<std::string_view> cipher_words(std::string_view list) {
  std::vector<std::string_view> words;
  while (!list.empty()) {
    // A command needs no separator in front of it.
    const std::size_t end = std::min(list.find_first_of(kSeparators), list.find('@', 1));
    const std::string_view element = list.substr(0, end);
    list.remove_prefix(element.size());
    if (!list.empty() && list[0] != '@') list.remove_prefix(1);
    add_words(element, words);
  }
  return words;
}

bool is_cipher_word(std::string_view name) {
  return std::ranges::find(kGroups, name) != std::end(kGroups) || names_cipher_given_up(name);
}

std::string list_without(std::string list, std::span<const std::string> names) {
  for (const std::string &name : names) list += ":!" + name;
  return list;
}

}  // namespace mod_tls::core
