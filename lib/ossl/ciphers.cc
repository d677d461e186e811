// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/ciphers.h"

#include <string_view>

#include "core/ascii.h"
#include "ossl/error_queue.h"

namespace mod_tls::ossl {

namespace {

using Notices = std::vector<std::string>;

core::Error unusable(const std::string &list) {
  return {core::Errc::bad_value,
          "unable to use ciphersuite " + core::quoted(list) + ": " + to_line(take_errors())};
}

core::Result<Notices> set_legacy(SSL_CTX *ctx, const std::string &list) {
  const std::string effective = core::effective_legacy_list(list);
  if (SSL_CTX_set_cipher_list(ctx, effective.c_str()) != 1) return unusable(effective);
  return Notices{};
}

/// The names of `list` that the library does not know when asked for them one by one.
Notices unknown_suites(SSL_CTX *ctx, std::string_view list) {
  Notices notices;
  while (!list.empty()) {
    const std::string name{list.substr(0, list.find(':'))};
    list.remove_prefix(std::min(name.size() + 1, list.size()));
    if (name.empty() || SSL_CTX_set_ciphersuites(ctx, name.c_str()) == 1) continue;
    notices.push_back("TLSCipherSuite TLSv1.3: ignoring " + core::quoted(name) +
                      ", which this OpenSSL does not know");
  }
  return notices;
}

core::Result<Notices> set_tls13(SSL_CTX *ctx, const std::string &list) {
  Notices notices = unknown_suites(ctx, list);
  clear_errors();
  if (SSL_CTX_set_ciphersuites(ctx, list.c_str()) != 1) return unusable(list);
  return notices;
}

}  // namespace

core::Result<Notices> set_cipher_list(SSL_CTX *ctx, const core::CipherEdit &edit) {
  clear_errors();
  switch (edit.kind) {
    case core::CipherEdit::Class::legacy:
      return set_legacy(ctx, edit.list);
    case core::CipherEdit::Class::tls13:
      return set_tls13(ctx, edit.list);
  }
  return Notices{};
}

core::Result<Notices> try_cipher_list(const core::CipherEdit &edit) {
  clear_errors();
  const SslCtxPtr ctx{SSL_CTX_new(TLS_server_method())};
  if (!ctx) return unusable(edit.list);
  return set_cipher_list(ctx.get(), edit);
}

}  // namespace mod_tls::ossl
