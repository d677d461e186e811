// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/key_store.h"

#include <openssl/store.h>
#include <openssl/ui.h>

#include <utility>

#include "core/key_uri.h"
#include "ossl/crypto_device.h"
#include "ossl/error_queue.h"
#include "ossl/phrase_answer.h"

namespace mod_tls::ossl {

namespace {

using core::Errc;
using core::Error;
using core::Result;
using core::Status;

constexpr char kPkcs11[] = "pkcs11";

/// A provider stays loaded as long as the process: keys refer to it.
Status provide_scheme(std::string_view uri) {
  clear_errors();
  if (!core::has_scheme(uri, kPkcs11) || provide(kPkcs11)) return core::success();
  return Error{Errc::unsupported,
               "the OpenSSL provider 'pkcs11' cannot be loaded; install it and configure its "
               "module in openssl.cnf: " +
                   to_line(take_errors())};
}

/// While it lives nobody asks the terminal: a provider that gets no answer from us goes on to
/// OpenSSL's own dialogue, and waits there for somebody to type.
class NoTerminal {
 public:
  NoTerminal() : before_(UI_get_default_method()), silent_(UI_create_method("no terminal")) {
    if (!silent_) return;
    UI_method_set_opener(silent_.get(), [](UI *) noexcept { return 0; });
    UI_set_default_method(silent_.get());
  }
  NoTerminal(const NoTerminal &) = delete;
  NoTerminal &operator=(const NoTerminal &) = delete;
  ~NoTerminal() { UI_set_default_method(before_); }

 private:
  const UI_METHOD *before_;
  UiMethodPtr silent_;
};

/// The first private key that the store gives; null if there is none, or it is locked.
EvpPkeyPtr first_key(OSSL_STORE_CTX *store) {
  constexpr int kMoreThanAnyKeyHas = 1000;
  for (int i = 0; i < kMoreThanAnyKeyHas && OSSL_STORE_eof(store) == 0; i++) {
    const StoreInfoPtr info{OSSL_STORE_load(store)};
    if (info && OSSL_STORE_INFO_get_type(info.get()) == OSSL_STORE_INFO_PKEY) {
      return EvpPkeyPtr{OSSL_STORE_INFO_get1_PKEY(info.get())};
    }
    if (!info && OSSL_STORE_error(store) != 0) break;
  }
  return {};
}

EvpPkeyPtr try_store(const std::string &uri, PhraseAnswer &answer) {
  clear_errors();
  const NoTerminal no_terminal;
  const UiMethodPtr dialogue{UI_UTIL_wrap_read_pem_callback(answer_with_phrase, 0)};
  const StoreCtxPtr store{OSSL_STORE_open_ex(uri.c_str(), nullptr, nullptr, dialogue.get(), &answer,
                                             nullptr, nullptr, nullptr)};
  if (!store) return {};
  OSSL_STORE_expect(store.get(), OSSL_STORE_INFO_PKEY);
  return first_key(store.get());
}

}  // namespace

Result<EvpPkeyPtr> load_stored_key(const std::string &uri, const std::string &type,
                                   const PassPhrases &phrases) {
  if (auto status = provide_scheme(uri); !status) return std::move(status).error();
  PhraseAnswer nothing;
  EvpPkeyPtr key = try_store(uri, nothing);
  if (key) return key;
  if (!nothing.asked) {
    return Error{Errc::not_found,  // the library's errors may name the URI
                 "no private key found: " + core::without_pin_of(uri, to_line(take_errors()))};
  }
  const Status status = unlock({.type = type, .file = uri}, phrases, [&](const PassPhrase &phrase) {
    PhraseAnswer answer{&phrase};
    key = try_store(uri, answer);
    return key != nullptr;
  });
  clear_errors();
  if (!status) return status.error();
  return key;
}

}  // namespace mod_tls::ossl
