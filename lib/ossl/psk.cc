// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/psk.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string_view>

#include "core/ascii.h"
#include "core/psk_key.h"
#include "ossl/error_queue.h"
#include "ossl/psk_file.h"

namespace mod_tls::ossl {

namespace {

using Notices = std::vector<std::string>;

/// Keys of TLS 1.3 come with a hash, which has to be that of the suite: those with SHA-256 first.
constexpr char kSuitesForKeys[] =
    "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384";
constexpr unsigned char kSha256Suite[] = {0x13, 0x01};  // TLS_AES_128_GCM_SHA256
/// Size of the key for those who have none, in bytes.
constexpr std::size_t kFakeSize = 32;

struct Key {
  std::string identity;
  core::SecretBytes bytes;
};

/// The keys of a context.
using KeyList = std::vector<Key>;

/// What the client of one connection asked for.
struct Lookup {
  std::string identity;
  std::size_t key_bytes;  ///< 0: there is no such key.
  std::size_t known;
  bool external = false;  ///< Of TLS 1.3.
};

template <class T>
void free_slot(void *, void *value, CRYPTO_EX_DATA *, int, long, void *) noexcept {
  const std::unique_ptr<T> owner{static_cast<T *>(value)};
}

int keys_slot() {
  static const int kSlot =
      SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_slot<KeyList>);
  return kSlot;
}

int lookup_slot() {
  static const int kSlot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_slot<Lookup>);
  return kSlot;
}

/// None after a switch to the context of another server that has no keys.
std::span<const Key> keys_of(const SSL_CTX *ctx) {
  const auto *keys = static_cast<const KeyList *>(SSL_CTX_get_ex_data(ctx, keys_slot()));
  return keys == nullptr ? std::span<const Key>{} : *keys;
}

std::span<const Key> keys_of(const SSL *ssl) {
  return keys_of(SSL_get_SSL_CTX(ssl));
}

const Lookup *lookup_of(const SSL *ssl) {
  return static_cast<const Lookup *>(SSL_get_ex_data(ssl, lookup_slot()));
}

void remember(SSL *ssl, Lookup lookup) {
  const std::unique_ptr<Lookup> previous{
      static_cast<Lookup *>(SSL_get_ex_data(ssl, lookup_slot()))};
  auto value = std::make_unique<Lookup>(std::move(lookup));
  if (SSL_set_ex_data(ssl, lookup_slot(), value.get()) == 1) (void)value.release();
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// Looks at all of them, whichever is found.
const Key *find_key(std::span<const Key> keys, std::string_view identity) {
  const Key *found = nullptr;
  for (const Key &key : keys) {
    if (same(key.identity, identity)) found = &key;
  }
  return found;
}

bool is_tls13(const SSL *ssl) {
  return SSL_version(ssl) >= TLS1_3_VERSION;
}

/// A stranger gets a key that nobody knows, so that the handshake ends as with a wrong key.
unsigned give_key(SSL *ssl, std::string_view identity, std::span<unsigned char> room) {
  const auto keys = keys_of(ssl);
  std::array<unsigned char, kFakeSize> fake{};
  if (RAND_bytes(fake.data(), fake.size()) != 1) return 0;
  const Key *key = find_key(keys, identity);
  remember(ssl, {std::string(identity), key == nullptr ? 0 : key->bytes.size(), keys.size()});
  const std::span<const unsigned char> bytes =
      key == nullptr ? std::span<const unsigned char>(fake) : key->bytes.view();
  if (bytes.size() > room.size()) return 0;
  std::ranges::copy(bytes, room.begin());
  return static_cast<unsigned>(bytes.size());
}

/// TLS 1.3 asks here, too, with tickets among others: those are for on_find_session().
unsigned on_server_key(SSL *ssl, const char *identity, unsigned char *key,
                       unsigned int size) noexcept {
  if (is_tls13(ssl)) return 0;
  return give_key(ssl, identity == nullptr ? "" : identity, {key, size});
}

SslSessionPtr external_session(SSL *ssl, const core::SecretBytes &key) {
  SslSessionPtr session{SSL_SESSION_new()};
  const SSL_CIPHER *suite = SSL_CIPHER_find(ssl, kSha256Suite);
  if (!session || suite == nullptr ||
      SSL_SESSION_set1_master_key(session.get(), key.view().data(), key.size()) != 1 ||
      SSL_SESSION_set_cipher(session.get(), suite) != 1 ||
      SSL_SESSION_set_protocol_version(session.get(), TLS1_3_VERSION) != 1) {
    return {};
  }
  return session;
}

/// An identity that is not ours may be a ticket; if nothing fits, certificates serve.
int on_find_session(SSL *ssl, const unsigned char *identity, std::size_t size,
                    SSL_SESSION **session) noexcept {
  *session = nullptr;
  const std::string_view name{reinterpret_cast<const char *>(identity), size};
  const auto keys = keys_of(ssl);
  const Key *key = find_key(keys, name);
  if (key == nullptr) return 1;
  remember(ssl, {std::string(name), key->bytes.size(), keys.size(), true});
  *session = external_session(ssl, key->bytes).release();
  return 1;
}

std::string label(const core::PskFile &file) {
  return "TLSPreSharedKey " + core::quoted(file.identity) + ": ";
}

void add_key(const core::PskFile &file, KeyList &keys, Notices &notices) {
  if (find_key(keys, file.identity) != nullptr) {
    notices.push_back(label(file) + "ignoring " + core::quoted(file.path) +
                      ", the first key of an identity counts");
    return;
  }
  auto key = read_psk_file(file.path);
  if (!key) {
    notices.push_back(label(file) + "not using " + core::quoted(file.path) + ": " +
                      key.error().message);
    return;
  }
  if (key->size() * 8 < core::kSoundPskBits) {
    notices.push_back(label(file) + "its key has only " + std::to_string(key->size() * 8) +
                      " bits, which is weak; make one with `openssl rand -hex 32`");
  }
  keys.push_back({file.identity, std::move(*key)});
}

}  // namespace

core::Result<Notices> set_pre_shared_keys(SSL_CTX *ctx, const core::ServerPolicy &policy) {
  Notices notices;
  if (policy.pre_shared_keys.empty()) return notices;
  auto keys = std::make_unique<KeyList>();
  for (const core::PskFile &file : policy.pre_shared_keys) add_key(file, *keys, notices);
  clear_errors();
  if (SSL_CTX_set_ex_data(ctx, keys_slot(), keys.get()) != 1) {
    return core::Error{core::Errc::crypto, "TLSPreSharedKey: " + to_line(take_errors())};
  }
  (void)keys.release();  // the context owns it now
  SSL_CTX_set_psk_server_callback(ctx, on_server_key);
  SSL_CTX_set_psk_find_session_callback(ctx, on_find_session);
  if (policy.ciphers.tls13.empty()) SSL_CTX_set_ciphersuites(ctx, kSuitesForKeys);
  clear_errors();
  return notices;
}

Notices psk_lines(const SSL *ssl) {
  const Lookup *lookup = lookup_of(ssl);
  if (lookup == nullptr) return {};
  return {core::psk_lookup_line(lookup->identity, lookup->key_bytes, lookup->known)};
}

bool used_external_key(const SSL *ssl) {
  const Lookup *lookup = lookup_of(ssl);
  return lookup != nullptr && lookup->external && SSL_session_reused(ssl) != 0;
}

}  // namespace mod_tls::ossl
