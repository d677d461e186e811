// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/private_key.h"

#include <openssl/pem.h>
#include <sys/stat.h>

#include "core/ascii.h"
#include "core/key_uri.h"
#include "ossl/error_queue.h"
#include "ossl/key_store.h"
#include "ossl/pem_file.h"
#include "ossl/phrase_answer.h"

namespace mod_tls::ossl {

namespace {

using core::Errc;
using core::Error;
using core::Result;
using core::Status;

/// A key, or word that a (better) pass phrase is needed.
struct TriedKey {
  EvpPkeyPtr key;
  bool locked = false;
};

Result<TriedKey> try_key(const PemFile &file, const PassPhrase *phrase) {
  clear_errors();
  PhraseAnswer answer{phrase};
  EvpPkeyPtr key{PEM_read_bio_PrivateKey(file.bio().get(), nullptr, answer_with_phrase, &answer)};
  const auto errors = take_errors();
  if (key) return TriedKey{std::move(key)};
  if (answer.asked) return TriedKey{nullptr, true};
  return Error{Errc::unusable, "no private key in PEM format found: " + to_line(errors)};
}

Result<EvpPkeyPtr> open_key(const PemFile &file, core::KeyQuestion question,
                            const PassPhrases &phrases) {
  auto plain = try_key(file, nullptr);
  if (!plain) return std::move(plain).error();
  if (!plain->locked) return std::move(plain->key);
  EvpPkeyPtr key;
  const Status status = unlock(std::move(question), phrases, [&](const PassPhrase &phrase) {
    auto tried = try_key(file, &phrase);
    if (tried) key = std::move(tried->key);
    return key != nullptr;
  });
  if (!status) return status.error();
  return key;
}

std::string exposed(const std::string &path, mode_t mode) {
  const bool written = (mode & (S_IWGRP | S_IWOTH)) != 0;
  if (!written && (mode & S_IROTH) == 0) return {};
  return "private key " + core::quoted(path) + ": other users can " + (written ? "write" : "read") +
         " the file; chmod 600 it";
}

std::string path_of(const std::string &name) {
  return core::is_key_uri(name) ? core::file_of_uri(name) : name;
}

}  // namespace

Result<PrivateKey> load_private_key(const std::string &name, const std::string &type,
                                    const PassPhrases &phrases) {
  if (core::is_token_uri(name)) {
    auto stored = load_stored_key(name, type, phrases);
    if (!stored) return std::move(stored).error();
    return PrivateKey{std::move(*stored)};
  }
  const std::string path = path_of(name);
  auto file = PemFile::read(path);
  if (!file) return std::move(file).error();
  auto key = open_key(*file, {.type = type, .file = name}, phrases);
  if (!key) return std::move(key).error();
  return PrivateKey{std::move(*key), exposed(path, file->mode())};
}

Status check_private_key(const std::string &name) {
  if (core::is_token_uri(name)) return core::success();  // what it stands for is asked at the end
  auto file = PemFile::read(path_of(name));
  if (!file) return std::move(file).error();
  auto tried = try_key(*file, nullptr);
  if (!tried) return std::move(tried).error();
  return core::success();
}

}  // namespace mod_tls::ossl
