// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/ciphers.h"

#include <string_view>

#include "core/ascii.h"
#include "core/cipher_words.h"
#include "ossl/cipher_match.h"
#include "ossl/error_queue.h"

namespace mod_tls::ossl {

namespace {

using Setter = int (*)(SSL_CTX *, const char *);

core::Error unusable(const std::string &list, const std::string &why) {
  return {core::Errc::bad_value, "unable to use ciphersuite " + core::quoted(list) + ": " + why};
}

core::Error unknown(const std::string &list, std::string_view name) {
  return unusable(list, "there is no " + core::quoted(name) +
                            " (`openssl ciphers -v ALL` shows what this OpenSSL knows)");
}

/// Whether the library takes the one name.
bool takes(SSL_CTX *ctx, Setter set, std::string_view name) {
  const bool taken = set(ctx, std::string(name).c_str()) == 1;
  clear_errors();
  return taken;
}

bool set_list(SSL_CTX *ctx, const std::string &list) {
  return SSL_CTX_set_cipher_list(ctx, list.c_str()) == 1;
}

bool set_list(SSL *ssl, const std::string &list) {
  return SSL_set_cipher_list(ssl, list.c_str()) == 1;
}

const STACK_OF(SSL_CIPHER) * list_of(const SSL_CTX *ctx) {
  return SSL_CTX_get_ciphers(ctx);
}

const STACK_OF(SSL_CIPHER) * list_of(const SSL *ssl) {
  return SSL_get_ciphers(ssl);
}

std::vector<std::string> weak_ciphers(const STACK_OF(SSL_CIPHER) * ciphers) {
  std::vector<std::string> names;
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
    const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(ciphers, i);
    if (is_weak(cipher)) names.emplace_back(SSL_CIPHER_get_name(cipher));
  }
  return names;
}

/// Sets `list` without its weak ciphers, for a context or one connection.
template <typename Target>
core::Status set_strong(Target *target, const std::string &list) {
  if (!set_list(target, list)) return unusable(list, to_line(take_errors()));
  const auto weak = weak_ciphers(list_of(target));
  if (weak.empty() || set_list(target, core::list_without(list, weak))) return core::success();
  return unusable(list,
                  "all of its ciphers are weaker than 112 bits, or without encryption or "
                  "authentication");
}

core::Status set_legacy(SSL_CTX *ctx, const std::string &list) {
  const std::string effective = core::effective_legacy_list(list);
  for (const std::string_view word : core::cipher_words(list)) {
    if (core::is_cipher_word(word) || takes(ctx, SSL_CTX_set_cipher_list, word)) continue;
    return unknown(effective, word);
  }
  return set_strong(ctx, effective);
}

core::Status set_tls13(SSL_CTX *ctx, const std::string &list) {
  for (const std::string_view word : core::cipher_words(list)) {
    if (!takes(ctx, SSL_CTX_set_ciphersuites, word)) return unknown(list, word);
  }
  if (SSL_CTX_set_ciphersuites(ctx, list.c_str()) == 1) return core::success();
  return unusable(list, to_line(take_errors()));
}

}  // namespace

core::Status set_cipher_list(SSL_CTX *ctx, const core::CipherEdit &edit) {
  clear_errors();
  switch (edit.kind) {
    case core::CipherEdit::Class::legacy:
      return set_legacy(ctx, edit.list);
    case core::CipherEdit::Class::tls13:
      return set_tls13(ctx, edit.list);
  }
  return core::success();
}

core::Status try_cipher_list(const core::CipherEdit &edit) {
  clear_errors();
  const SslCtxPtr ctx{SSL_CTX_new(TLS_server_method())};
  if (!ctx) return unusable(edit.list, to_line(take_errors()));
  return set_cipher_list(ctx.get(), edit);
}

core::Status use_ciphers(SSL *ssl, const core::CipherSpec &ciphers) {
  clear_errors();
  auto status = set_strong(ssl, core::effective_legacy_list(ciphers.legacy));
  if (!status) return status;
  if (ciphers.tls13.empty()) return core::success();
  if (SSL_set_ciphersuites(ssl, ciphers.tls13.c_str()) != 1) {
    return unusable(ciphers.tls13, to_line(take_errors()));
  }
  return core::success();
}

}  // namespace mod_tls::ossl
