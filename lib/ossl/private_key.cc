// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/private_key.h"

#include <openssl/pem.h>
#include <sys/stat.h>

#include <cstring>

#include "core/ascii.h"
#include "ossl/error_queue.h"
#include "ossl/pem_file.h"

namespace mod_tls::ossl {

namespace {

using core::Errc;
using core::Error;
using core::Result;
using core::Status;

/// What the library's question for a pass phrase is answered with.
struct Answer {
  const PassPhrase *phrase;  ///< nullptr: nothing.
  bool asked = false;
};

/// Never asks on a terminal by itself: the daemon may have none, or block on it.
int answer_question(char *buffer, int size, int, void *data) noexcept {
  auto *answer = static_cast<Answer *>(data);
  answer->asked = true;
  if (answer->phrase == nullptr || size < 0) return -1;
  const std::string_view text = answer->phrase->view();
  if (text.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, text.data(), text.size());
  return static_cast<int>(text.size());
}

/// A key, or word that a (better) pass phrase is needed.
struct TriedKey {
  EvpPkeyPtr key;
  bool locked = false;
};

Result<TriedKey> try_key(const PemFile &file, const PassPhrase *phrase) {
  clear_errors();
  Answer answer{phrase};
  EvpPkeyPtr key{PEM_read_bio_PrivateKey(file.bio().get(), nullptr, answer_question, &answer)};
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

}  // namespace

Result<PrivateKey> load_private_key(const std::string &path, const std::string &type,
                                    const PassPhrases &phrases) {
  auto file = PemFile::read(path);
  if (!file) return std::move(file).error();
  auto key = open_key(*file, {.type = type, .file = path}, phrases);
  if (!key) return std::move(key).error();
  return PrivateKey{std::move(*key), exposed(path, file->mode())};
}

Status check_private_key(const std::string &path) {
  auto file = PemFile::read(path);
  if (!file) return std::move(file).error();
  auto tried = try_key(*file, nullptr);
  if (!tried) return std::move(tried).error();
  return core::success();
}

}  // namespace mod_tls::ossl
